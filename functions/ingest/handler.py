"""Webhooks and activities in."""

from typing import Any

from leadlight.runtime import ingest, wiring

wiring.prepare("facts", "documents")


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return ingest.handle(event, wiring.ports())
