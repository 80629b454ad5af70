"""What the bot guard set aside of a lead, and what people said of that, as the API shows it."""

from typing import Any

from leadlight.activity.order_key import day_text, milliseconds_of, moment_of, timestamp
from leadlight.state import Fold
from leadlight.state.notes import DELIVERED, MORE

_WORDS = {
    "bot": "said to be a machine's",
    "crawler": "a known crawler's user agent",
    "rate": "more in a minute than a person does",
    "scanner": "many links of one message at once: a link scanner",
    "machine": "at once after delivery: opened by a machine",
    MORE: "for several reasons more",
}


def guarded(fold: Fold) -> dict[str, Any]:
    """By day and reason, how many activities do not count, as far back as the history; beside it, what does."""
    groups = [
        _group(day_text(day), name, count)
        for day, notes in sorted(fold.notes.items(), reverse=True)
        for name, count in sorted(notes.items())
        if name != DELIVERED
    ]
    return {
        "counted_signals": sum(
            count for days in fold.signals.values() for day, count in days.items() if day > fold.noted_after
        ),
        "set_aside": sum(group["activities"] for group in groups),
        "groups": groups,
        "said": [
            {"about": about, "human": said.human, "at": timestamp(moment_of(milliseconds_of(said.order_key)))}
            for about, said in sorted(fold.judged.items())
        ],
    }


def _group(day: str, name: str, count: int) -> dict[str, Any]:
    reason, _, about = name.partition(":")
    return {"day": day, "reason": reason, "about": about, "because": _WORDS[reason], "activities": count}
