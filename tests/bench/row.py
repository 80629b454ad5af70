"""One line of the benchmark's result."""

import operator
from collections.abc import Callable

import msgspec

_COMPARE: dict[str, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge}


class Budget(msgspec.Struct, frozen=True):
    """What a value (or its ratio to the peer's) has to keep to."""

    of: str  # "value" or "ratio"
    compare: str  # "<=" or ">="
    limit: float
    unit: str

    def __str__(self) -> str:
        return f"{self.compare} {self.limit:g} {self.unit}"


class Row(msgspec.Struct, frozen=True):
    """A measured value beside its peer's. `ratio` is value over peer value; `ok` is null without a budget."""

    name: str
    value: float | None
    unit: str
    peer: str | None = None
    peer_value: float | None = None
    ratio: float | None = None
    budget: str | None = None
    ok: bool | None = None


def row(
    name: str,
    value: float | None,
    unit: str,
    *,
    peer: str | None = None,
    peer_value: float | None = None,
    budget: Budget | None = None,
) -> Row:
    """A row with its ratio and verdict worked out; what could not be measured keeps no budget."""
    ratio = value / peer_value if value is not None and peer_value else None
    judged = (ratio if budget.of == "ratio" else value) if budget else None
    ok = _COMPARE[budget.compare](judged, budget.limit) if budget and judged is not None else None
    return Row(
        name, _rounded(value), unit, peer, _rounded(peer_value), _rounded(ratio), str(budget) if budget else None, ok
    )


def at_most(limit: float, unit: str) -> Budget:
    """The value may be this large."""
    return Budget("value", "<=", limit, unit)


def ratio_at_most(limit: float) -> Budget:
    """The value may be this many times the peer's."""
    return Budget("ratio", "<=", limit, "x peer")


def ratio_at_least(limit: float) -> Budget:
    """The value has to be this many times the peer's."""
    return Budget("ratio", ">=", limit, "x peer")


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
