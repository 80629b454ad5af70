"""The activities stream: facts become folds, scores and decisions."""

from typing import Any

from leadlight.runtime import rescore, wiring

wiring.prepare("leads", "facts", "portfolio", "hands")


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return rescore.handle(event, wiring.ports(), left=context.get_remaining_time_in_millis)
