"""Read and manage: leads with their reasons, the ranking, the KPIs."""

from typing import Any

from aws_lambda_powertools import Logger

from leadlight.runtime import api, wiring

wiring.prepare("leads", "records", "portfolio")
logger = Logger()


@logger.inject_lambda_context(correlation_id_path="requestContext.requestId", clear_state=True)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, wiring.ports())
