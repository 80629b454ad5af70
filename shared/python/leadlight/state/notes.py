"""What the guard has to say of a day, counted by reason and name: what `leadlight lead` shows without a query."""

from leadlight.guard.judge import Aside

DELIVERED = "delivered"  # how many deliveries of messages there were: opens are looked at more closely on such a day
MORE = "more"
_MOST = 8  # of those past it there may be no end, and each write pays for them

Notes = dict[str, int]


def named(aside: Aside) -> str:
    """A reason and what it is about, as `scanner:M`."""
    return f"{aside.reason}:{aside.name}" if aside.name else aside.reason


def added(notes: Notes, name: str) -> Notes:
    """The notes with one more; the first in text order keep their names, so that no order of arrival shows."""
    found = {**notes, name: notes.get(name, 0) + 1}
    names = sorted(found.keys() - {DELIVERED, MORE})
    for last in names[_MOST:]:
        found[MORE] = found.get(MORE, 0) + found.pop(last)
    return found
