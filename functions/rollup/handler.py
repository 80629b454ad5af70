"""On schedule or on request: the day measures of the KPIs."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from leadlight.runtime import wiring
from leadlight.runtime.rollup import roll_up

wiring.prepare("leads", "records")
logger = Logger()
metrics = Metrics()


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    counts = roll_up(wiring.ports())
    for name, count in counts.items():
        metrics.add_metric(name=f"Rollup{name.title()}", unit=MetricUnit.Count, value=count)
    logger.info("rolled up", extra=counts)
    return counts
