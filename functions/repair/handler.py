"""What went wrong is put right: replay, redrive, rebuild, audit."""

from typing import Any

from aws_lambda_powertools import Logger

from leadlight.runtime import repair, wiring

wiring.prepare("leads", "facts", "merges", "records", "failed", "portfolio")
logger = Logger()


@logger.inject_lambda_context(correlation_id_path="requestContext.requestId", clear_state=True)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return repair.handle(event, wiring.ports())
