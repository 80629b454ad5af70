"""Announced decisions: enroll in campaigns, or take out."""

from typing import Any

from aws_lambda_powertools import Logger

from leadlight.runtime import wiring
from leadlight.runtime.nurture import follow

wiring.prepare("leads", "documents")
logger = Logger()


@logger.inject_lambda_context(correlation_id_path="id")
def lambda_handler(event: dict[str, Any], context: Any) -> None:
    state = follow(event["detail"], wiring.ports())
    logger.info("followed", campaigns=len(state.enrollments))  # no lead_id: a hash of an address can be guessed
