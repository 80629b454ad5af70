"""What wakes somebody: a queue that holds anything, a stream that lags or gave something up, a function in trouble."""

from aws_cdk import Aws, Duration, aws_logs
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.failures import FailureQueues
from infra.functions import Functions
from infra.settings import Settings
from infra.streams import Streams

KEEPERS = ("ingest", "rescore", "sweep")  # of failed events
FAILED_LINE = "failed event"  # what they log: it names nobody
PERIOD = Duration.minutes(1)


class Alarms(Construct):
    """Alarms on every queue, stream and function; mailed when the settings name an address."""

    def __init__(  # noqa: PLR0913 - what is watched, each named
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: Functions,
        streams: Streams,
        failures: FailureQueues,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        self._functions = functions
        self._topic = self._mailed(settings.alarm_email) if settings.alarm_email else None
        for consumer, queue in failures.all.items():
            visible = queue.metric_approximate_number_of_messages_visible(period=PERIOD, statistic="Maximum")
            self._alarm(f"{consumer}Failures", visible, f"{consumer.lower()} left events behind")
        for name, mapping in streams.mappings.items():
            age = functions[name].metric("IteratorAge", period=PERIOD, statistic="Maximum")
            self._alarm(
                f"{name.title()}Lag",
                age,
                f"{name} is behind its stream",
                threshold=settings.iterator_age_alarm_seconds * 1000,
                periods=5,
            )
            given_up = cloudwatch.Metric(
                namespace="AWS/Lambda",
                metric_name="OnFailureDestinationDeliveredEventCount",
                dimensions_map={"EventSourceMappingUUID": mapping.ref},
                period=PERIOD,
                statistic="Sum",
            )
            self._alarm(f"{name.title()}GivenUp", given_up, f"{name} gave records up: `leadlight redrive`")
        for name, function in functions.by_name.items():
            self._alarm(f"{name.title()}Errors", function.metric_errors(period=PERIOD), f"{name} fails")
            throttles = function.metric_throttles(period=PERIOD)
            self._alarm(f"{name.title()}Throttles", throttles, f"{name} is throttled")

        self._alarm("FailedEvents", self._failed_events(), "events could not be understood: `leadlight failed`")

    def _failed_events(self) -> cloudwatch.Metric:
        """How many times failed events were kept, counted in the log: the hot paths pay nothing for a metric."""
        namespace = f"Leadlight/{Aws.STACK_NAME}"
        for name in KEEPERS:
            aws_logs.MetricFilter(
                self,
                f"{name.title()}FailedEvents",
                log_group=self._functions[name].log_group,
                filter_pattern=aws_logs.FilterPattern.string_value("$.message", "=", FAILED_LINE),
                metric_namespace=namespace,
                metric_name="FailedEvents",
                metric_value="1",
            )
        return cloudwatch.Metric(namespace=namespace, metric_name="FailedEvents", period=PERIOD, statistic="Sum")

    def _alarm(
        self, name: str, metric: cloudwatch.Metric, description: str, *, threshold: int = 1, periods: int = 1
    ) -> None:
        alarm = metric.create_alarm(
            self,
            name,
            alarm_description=f"Leadlight: {description}",
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            threshold=threshold,
            evaluation_periods=periods,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        if self._topic is not None:
            alarm.add_alarm_action(actions.SnsAction(self._topic))

    def _mailed(self, address: str) -> sns.Topic:
        topic = sns.Topic(self, "Topic", enforce_ssl=True)
        # The policy that refuses plain HTTP takes the place of the one by which alarms of the account may publish.
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        topic.add_subscription(subscriptions.EmailSubscription(address))
        return topic
