"""Spend comes in: one line or a batch, each understood on its own."""

from collections.abc import Mapping
from typing import Any

from leadlight.ports import Ports
from leadlight.problems import BodyTooLarge, MalformedEvent
from leadlight.runtime.http import MAX_BODY, request_of
from leadlight.sources.reading import json_body
from leadlight.sources.spend import spend_of


def record_spend(event: Mapping[str, Any], ports: Ports) -> dict[str, Any]:
    """Stores the lines that can be understood; `refused` tells of the others, by their place in the batch.

    Raises:
        MalformedEvent: none of them can be.
        BodyTooLarge: the body is over the limit.
    """
    body = request_of(event).body
    if len(body) > MAX_BODY:
        raise BodyTooLarge(
            f"the body has {len(body)} bytes, the limit is {MAX_BODY}: send smaller batches", field="body"
        )
    given = json_body(body)
    lines, problems = [], []
    for index, line in enumerate(given if isinstance(given, list) else [given]):
        try:
            lines.append(spend_of(line, now=ports.now()))
        except MalformedEvent as found:
            problems.append((index, found))
    refused = [
        {"index": index, "field": found.field, "detail": found.detail, "type": found.slug} for index, found in problems
    ]
    if problems and not lines:
        first = problems[0][1]
        first.errors = refused
        raise first
    ports.records.put_spend(lines)
    return {"received": len(lines) + len(refused), "recorded": len(lines), "refused": refused}
