"""The rows of a file as cases: what each lead scores, and what became of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import NamedTuple

import msgspec

from leadlight.activity import facts_of
from leadlight.activity.order_key import day_number
from leadlight.cli.errors import OperatorError
from leadlight.cli.imports.mapping import Mapping
from leadlight.cli.imports.rows import Refused, Row, events, stated
from leadlight.cli.imports.tables import Table, Values
from leadlight.model import Documents
from leadlight.scoring import Engine, Totals
from leadlight.signals.condition import as_number
from leadlight.sources import cloudevents
from leadlight.state import Change, Fold, apply

_EPOCH = datetime.fromtimestamp(0, UTC)
_YES = frozenset({"1", "1.0", "true", "yes", "y", "won"})
_NO = frozenset({"", "0", "0.0", "false", "no", "n", "lost"})
Place = float | datetime


@dataclass(frozen=True, slots=True)
class Won:
    """Where a row says that its lead was won: a column, and the value that says so where it is no yes or no."""

    column: str
    value: str | None = None

    def of(self, values: Values) -> bool:
        """Whether the row's lead was won."""
        found = str(values.get(self.column, "")).strip().lower()
        if self.value is not None:
            return found == self.value.strip().lower()
        if found in _YES or found in _NO:
            return found in _YES
        raise ValueError(
            f"{self.column} holds {found!r}, neither yes nor no: name the winning value, --won COLUMN=VALUE"
        )


class Case(NamedTuple):
    """A lead of the past."""

    totals: Totals
    won: bool
    place: Place | None


class Part(NamedTuple):
    """The oldest or the newest share of the cases."""

    which: str
    share: Fraction

    def of(self, cases: Sequence[Case], column: str) -> list[Case]:
        """Its cases, oldest first. The newest 30 % are what the oldest 70 % leave, to the lead."""
        kinds = {type(case.place) for case in cases}
        if len(kinds) > 1:
            raise OperatorError(f"--order {column}: some rows hold a number and others a time; that gives no order")
        ordered = sorted(cases, key=lambda case: case.place)  # type: ignore[arg-type, return-value] # of one kind
        newest = self.share if self.which == "newest" else 1 - self.share
        cut = len(ordered) - int(len(ordered) * newest)
        return ordered[cut:] if self.which == "newest" else ordered[:cut]


@dataclass(slots=True)
class Cases:
    """What the rows of a file come to. `outside` counts leads that are not of the model's audience."""

    cases: list[Case] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    outside: int = 0


def read_cases(table: Table, mapping: Mapping, documents: Documents, won: Won, *, order: str | None) -> Cases:
    """Scores every row as the lead that it states, on the day of its time.

    Args:
        table: the file.
        mapping: what its columns mean.
        documents: the model and the catalogue to score by.
        won: what became of a lead.
        order: the column that places a row in time; None or the mapping's own time takes that.
    """
    found, score = Cases(), _scorer(documents)
    by_time = order is None or (mapping.time is not None and order == mapping.time.column)
    for row in stated(table, events(mapping, kind="leads")):
        if isinstance(row, Refused):
            found.refused.append(row)
            continue
        totals, moment = score(row)
        try:
            is_won, place = won.of(row.values), moment if by_time else place_of(row.values, order or "")
        except ValueError as error:
            found.refused.append(Refused(row.number, str(error), dict(row.values)))
            continue
        if totals is None:
            found.outside += 1
        else:
            found.cases.append(Case(totals, is_won, place))
    return found


def _scorer(documents: Documents) -> Callable[[Row], tuple[Totals | None, datetime | None]]:
    """Scores a row; None where the model is not for its lead."""
    engine, audience = Engine(documents.model, once=True), documents.model.audience

    def score(row: Row) -> tuple[Totals | None, datetime | None]:
        activity = cloudevents.activity(msgspec.json.decode(row.document))
        moment = activity.occurred_at or _EPOCH
        fold = Fold()
        changes = map(Change, facts_of(activity, received_at=moment))
        apply(fold, changes, signals_of=documents.catalogue.signals_of, facts_on=lambda _: ())
        traits = fold.known_traits()
        inside = all(condition.holds(traits.get(trait)) for trait, condition in audience.items())
        return engine.totals(fold, day_number(moment)) if inside else None, activity.occurred_at

    return score


def place_of(values: Values, column: str) -> Place:
    """Where a row stands in time: a running number, or an ISO 8601 time."""
    cell = str(values.get(column, "")).strip()
    number = as_number(cell)
    if number is not None:
        return number
    try:
        found = datetime.fromisoformat(cell)
    except ValueError as error:
        raise ValueError(f"{column} must be a number or a time such as 2026-11-21, found {cell!r}") from error
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def leaks(documents: Documents, traits: Iterable[str]) -> list[str]:
    """Those of the traits that the model reads."""
    model = documents.model
    read = {*model.audience, *(part.trait for part in model.fit), *(part.trait for part in model.suppress)}
    return sorted(read.intersection(traits))
