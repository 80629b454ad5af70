"""Erase and export: the only function that reads raw bodies; rescore, nurture and publish remove what came too late."""

from typing import Any

from aws_lambda_powertools import Logger

from leadlight.runtime import erase, wiring

wiring.prepare("leads", "facts", "merges", "records", "failed", "portfolio")
logger = Logger()


@logger.inject_lambda_context(correlation_id_path="requestContext.requestId", clear_state=True)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return erase.handle(event, wiring.ports())
