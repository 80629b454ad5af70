"""Nothing is lost in silence: every consumer has a queue, and everything that can go wrong has an alarm."""

from typing import Any

import pytest
from aws_cdk.assertions import Match

from infra.settings import Settings
from infra.sizing import SIZING
from leadlight.failed import FAILED
from tests.infra.synthesized import Synthesized

pytestmark = pytest.mark.xdist_group("infra")

FUNCTIONS = {"Ingest", "Rescore", "Publish", "Nurture", "Rollup", "Api", "Repair", "Erase", "Sweep"}


def alarms(stack: Synthesized, metric: str) -> dict[str, dict[str, Any]]:
    """Alarms on a metric, by the logical id of what they watch."""
    found = stack.of_type("AWS::CloudWatch::Alarm").values()
    return {alarm["Dimensions"][0]["Value"].get("Ref") or alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0]: alarm
            for alarm in found if alarm["MetricName"] == metric}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "detail_types"),
    [("Nurture", ["Lead Scored", "Lead Stage Changed", "Lead Merged"]), ("RollupRequested", ["KPI Rollup Requested"])],
)
def test_a_rule_retries_and_then_keeps_the_event(dev: Synthesized, rule: str, detail_types: list[str]) -> None:
    """Each rule matches our own events only, and has somewhere to leave what it could not deliver."""
    properties = dev.one("AWS::Events::Rule", f"Rules{rule}")
    assert properties["EventPattern"] == {"source": ["leadlight"], "detail-type": detail_types}
    (target,) = properties["Targets"]
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 21_600, "MaximumRetryAttempts": 20}
    assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0].startswith("Failures")


def test_an_invocation_that_fails_is_kept_too(dev: Synthesized) -> None:
    """A rule's queue sees undelivered events only, so each function that a rule starts has its own."""
    configs = dev.of_type("AWS::Lambda::EventInvokeConfig").values()
    by_function = {config["FunctionName"]["Ref"][9:15]: config for config in configs}
    assert set(by_function) == {"Nurtur", "Rollup", "SweepF"}
    for config in configs:
        assert config["MaximumRetryAttempts"] == 2
        destination = config["DestinationConfig"]["OnFailure"]["Destination"]
        assert destination["Fn::GetAtt"][0].startswith("Failures")


def test_the_rollup_runs_every_hour(dev: Synthesized) -> None:
    """By a schedule with retries and a queue, not by a rule."""
    schedule = dev.one("AWS::Scheduler::Schedule", "HourlyRollup")
    assert schedule["ScheduleExpression"] == "rate(1 hour)"
    assert schedule["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 5
    assert schedule["Target"]["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0].startswith("FailuresRollup")


def test_every_lead_is_looked_at_every_night(dev: Synthesized) -> None:
    """Early in the day that the scores are for."""
    schedule = dev.one("AWS::Scheduler::Schedule", "NightlySweep")
    assert schedule["ScheduleExpression"] == "cron(10 0 * * ? *)"
    assert schedule["Target"]["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0].startswith("FailuresSweep")


def test_a_page_of_a_run_comes_again_until_it_is_given_up(dev: Synthesized) -> None:
    """One page per invocation; a worker that is killed leaves its message to the next."""
    queue = dev.one("AWS::SQS::Queue", "RunsQueue")
    assert queue["VisibilityTimeout"] == 6 * SIZING["sweep"].timeout_seconds
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 8
    assert queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0].startswith("FailuresSweep")
    mapping = dev.one("AWS::Lambda::EventSourceMapping", "RunsMapping")
    assert (mapping["BatchSize"], mapping["ScalingConfig"]) == (1, {"MaximumConcurrency": 16})
    assert mapping["FunctionName"]["Ref"].startswith("FunctionsSweep")


def test_nobody_goes_by_old_documents_when_a_run_begins() -> None:
    """A function may hold them for some seconds, and go by them to the end of its invocation."""
    settings = Settings(environment="dev", stack_name="leadlight")
    longest = max(SIZING[name].timeout_seconds for name in ("rescore", "sweep"))
    assert settings.settle_seconds >= settings.documents_seconds + longest


def test_every_queue_is_encrypted_lasting_and_refuses_plain_http(dev: Synthesized) -> None:
    """What waits there may hold personal data, and waits for a person."""
    queues = dev.of_type("AWS::SQS::Queue")
    assert len(queues) == len(dev.of_type("AWS::SQS::QueuePolicy")) == 4
    for queue in queues.values():
        assert queue["SqsManagedSseEnabled"] is True
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 60 * 60
    denied = Match.object_like({"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}})
    dev.template.all_resources_properties(
        "AWS::SQS::QueuePolicy", {"PolicyDocument": {"Statement": Match.array_with([denied])}}
    )


def test_every_queue_has_an_alarm_on_its_first_message(dev: Synthesized) -> None:
    """A queue that is added without an alarm fails here. What waits for its turn wakes nobody."""
    watched = {
        alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0]: alarm
        for alarm in dev.of_type("AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    }
    queues = dev.of_type("AWS::SQS::Queue").items()
    assert set(watched) == {name for name, queue in queues if "RedrivePolicy" not in queue}
    assert all(alarm["Threshold"] == 1 for alarm in watched.values())


def test_both_stream_consumers_have_an_alarm_on_their_lag(dev: Synthesized) -> None:
    """A minute behind, five minutes long."""
    lags = alarms(dev, "IteratorAge")
    assert {name.split("Function")[1].removeprefix("s") for name in lags} == {"Rescore", "Publish"}
    assert all((lag["Threshold"], lag["EvaluationPeriods"]) == (60_000, 5) for lag in lags.values())


def test_what_a_stream_gives_up_has_an_alarm(dev: Synthesized) -> None:
    """The function answers that records have to come again: that is no error, whatever becomes of them."""
    mappings = {
        name: each for name, each in dev.of_type("AWS::Lambda::EventSourceMapping").items() if "Streams" in name
    }
    assert len(mappings) == 2
    assert all(each["MetricsConfig"] == {"Metrics": ["EventCount"]} for each in mappings.values())
    found = alarms(dev, "OnFailureDestinationDeliveredEventCount")
    assert set(found) == set(mappings)
    for alarm in found.values():
        assert alarm["Dimensions"][0]["Name"] == "EventSourceMappingUUID"
        assert (alarm["Namespace"], alarm["Threshold"], alarm["Statistic"]) == ("AWS/Lambda", 1, "Sum")


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_every_function_has_an_alarm(dev: Synthesized, metric: str) -> None:
    """On failing, and on not getting to run."""
    assert set(alarms(dev, metric)) == set(dev.of_type("AWS::Lambda::Function"))


def test_new_failed_events_have_an_alarm(dev: Synthesized) -> None:
    """Counted in the log, by the line that says so and names nobody; of this stack alone."""
    namespace = {"Fn::Join": ["", ["Leadlight/", {"Ref": "AWS::StackName"}]]}
    filters = dev.of_type("AWS::Logs::MetricFilter").values()
    groups = {each["LogGroupName"]["Ref"] for each in filters}
    assert {name.removeprefix("Functions").partition("Logs")[0] for name in groups} == {"Ingest", "Rescore", "Sweep"}
    for each in filters:
        assert each["FilterPattern"] == f'{{ $.message = "{FAILED}" }}'
        [metric] = each["MetricTransformations"]
        assert metric == {"MetricName": "FailedEvents", "MetricNamespace": namespace, "MetricValue": "1"}
    alarm = dev.one("AWS::CloudWatch::Alarm", "FailedEvents")
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == (namespace, "FailedEvents", "Sum")
    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (1, "notBreaching")


def test_alarms_are_mailed_when_an_address_is_set(dev: Synthesized, prod: Synthesized) -> None:
    """Without an address there is no topic, and the alarms can still be seen."""
    dev.template.resource_count_is("AWS::SNS::Topic", 0)
    prod.template.has_resource_properties(
        "AWS::SNS::Subscription", {"Endpoint": "growth@example.com", "Protocol": "email"}
    )
    prod.template.all_resources_properties("AWS::CloudWatch::Alarm", {"AlarmActions": Match.any_value()})
    [policy] = prod.of_type("AWS::SNS::TopicPolicy").values()
    [allowed] = [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]
    assert (allowed["Action"], allowed["Principal"]) == ("sns:Publish", {"Service": "cloudwatch.amazonaws.com"})
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
