"""Every lead again, a page at a time: by models that were published, or, nightly, as of the new day."""

from typing import Any

from aws_lambda_powertools import Logger

from leadlight.runtime import runs, wiring

wiring.prepare("leads", "facts", "portfolio", "hands")
logger = Logger()


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    counted = runs.handle(event, wiring.ports(), left=context.get_remaining_time_in_millis)
    logger.info("swept", extra=counted)
    return counted
