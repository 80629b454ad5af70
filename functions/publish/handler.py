"""The leads stream: what the outboxes hold goes to EventBridge."""

import logging
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from leadlight.runtime import wiring
from leadlight.runtime.publish import publish

wiring.prepare("leads", "records", "bus")
_LOG = logging.getLogger(__name__)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return dict(
        process_partial_response(
            event=event,
            record_handler=lambda record: publish(record, wiring.ports()),
            processor=BatchProcessor(
                event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False, logger=_LOG
            ),
            context=context,
        )
    )
