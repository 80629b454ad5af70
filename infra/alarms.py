"""What wakes somebody: a queue that holds anything, a stream that lags, a function in trouble."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.failures import FailureQueues
from infra.functions import Functions
from infra.settings import Settings

STREAM_CONSUMERS = ("rescore", "publish")
PERIOD = Duration.minutes(1)


class Alarms(Construct):
    """Alarms on every queue, stream consumer and function; mailed when the settings name an address."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: Functions,
        failures: FailureQueues,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        self._topic = self._mailed(settings.alarm_email) if settings.alarm_email else None
        for consumer, queue in failures.all.items():
            visible = queue.metric_approximate_number_of_messages_visible(period=PERIOD, statistic="Maximum")
            self._alarm(f"{consumer}Failures", visible, f"{consumer.lower()} left events behind")
        for name in STREAM_CONSUMERS:
            age = functions[name].metric("IteratorAge", period=PERIOD, statistic="Maximum")
            self._alarm(
                f"{name.title()}Lag",
                age,
                f"{name} is behind its stream",
                threshold=settings.iterator_age_alarm_seconds * 1000,
                periods=5,
            )
        for name, function in functions.by_name.items():
            self._alarm(f"{name.title()}Errors", function.metric_errors(period=PERIOD), f"{name} fails")
            throttles = function.metric_throttles(period=PERIOD)
            self._alarm(f"{name.title()}Throttles", throttles, f"{name} is throttled")

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
        topic.add_subscription(subscriptions.EmailSubscription(address))
        return topic
