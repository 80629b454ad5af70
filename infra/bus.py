"""The bus that Leadlight's events go out on; automation and CRM subscribe to it."""

from aws_cdk import Aws
from aws_cdk import aws_events as events
from constructs import Construct

EVENT_SOURCE = "leadlight"


class Bus(Construct):
    """One custom bus per stack, with the stack's name."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.bus = events.EventBus(
            self,
            "Bus",
            # CloudFormation requires a name; the stack's keeps two stacks apart.
            event_bus_name=Aws.STACK_NAME,
            description="Leadlight: scores, stages, nurture and KPI events",
        )
