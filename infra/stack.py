"""The stack composes its parts; what each is and may do is said in its own file."""

from aws_cdk import Stack
from constructs import Construct

from infra.access import Resources
from infra.alarms import Alarms
from infra.bus import Bus
from infra.failures import FailureQueues
from infra.forgotten_secret import ForgottenSecret
from infra.functions import Functions
from infra.http_api import HttpApi
from infra.outputs import add_outputs
from infra.rules import Rules
from infra.runs import Runs
from infra.runtime import Runtime
from infra.schedule import Schedule
from infra.settings import Settings
from infra.source_secrets import SourceSecrets
from infra.storage import Storage
from infra.streams import Streams
from infra.tables import Tables


class LeadlightStack(Stack):
    """One team's Leadlight."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, bundle: bool) -> None:
        super().__init__(
            scope,
            construct_id,
            stack_name=settings.stack_name,
            description="Leadlight: lead scoring",
            termination_protection=settings.removal == "retain",
        )
        failures = FailureQueues(self, "Failures")
        runs = Runs(self, "Runs", failures=failures)
        resources = Resources(
            settings=settings,
            tables=Tables(self, "Tables", settings=settings),
            storage=Storage(self, "Storage", settings=settings),
            bus=Bus(self, "Events"),
            secrets=SourceSecrets(self, "Sources", settings=settings),
            forgotten=ForgottenSecret(self, "Forgotten", settings=settings),
            failures=failures,
            runs=runs,
        )
        runtime = Runtime(self, "Runtime", settings=settings, bundle=bundle)
        functions = Functions(self, "Functions", runtime=runtime, resources=resources)
        http_api = HttpApi(self, "Http", functions=functions, settings=settings)
        streams = Streams(self, "Streams", tables=resources.tables, functions=functions, storage=resources.storage)
        runs.feed(functions["sweep"])
        Rules(self, "Rules", bus=resources.bus, functions=functions, failures=resources.failures)
        Schedule(self, "Schedule", functions=functions, failures=resources.failures)
        Alarms(self, "Alarms", functions=functions, streams=streams, failures=resources.failures, settings=settings)
        add_outputs(self, resources=resources, functions=functions, http_api=http_api)
