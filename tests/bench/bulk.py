"""Rescoring from stored state alone: decode, then the score."""

from leadlight.scoring import Engine
from leadlight.state import codec
from tests.bench import sample
from tests.bench.rounds import cpu_seconds
from tests.bench.row import Row, at_most, row

ODOO = "Odoo's predictive lead scoring, compute alone"
ODOO_MICROSECONDS = 23.0  # measured apart from this run


def rows(*, quick: bool) -> list[Row]:
    """A typical lead (6 signals, 6 traits, about 0.5 KB), and an active one (15 signals, 20 traits)."""
    return [
        found
        for name, signals, traits in (("typical", 6, 6), ("active", 15, 20))
        for found in _rescored(name, signals=signals, traits=traits, quick=quick)
    ]


def _rescored(name: str, *, signals: int, traits: int, quick: bool) -> list[Row]:
    engine = Engine(sample.model())
    leads = sample.leads(20 if quick else 300)
    for lead in leads:
        lead.signals = dict(list(lead.signals.items())[:signals])
        lead.traits = dict(list(lead.traits.items())[:traits])
    stored = [codec.encode(lead) for lead in leads]
    seconds = cpu_seconds(
        {
            "decode": lambda: [codec.decode(data) for data in stored],
            "rescore": lambda: [engine.totals(codec.decode(data), sample.TODAY) for data in stored],
        },
        rounds=2 if quick else 21,
    )
    each = {part: taken / len(stored) * 1e6 for part, taken in seconds.items()}
    return [
        row(
            f"bulk rescore, {name} lead of {sum(map(len, stored)) // len(stored)} bytes",
            each["rescore"],
            "us",
            peer=ODOO,
            peer_value=ODOO_MICROSECONDS,
            budget=at_most(6, "us"),
        ),
        row(f"bulk rescore, {name} lead: decoding alone", each["decode"], "us"),
    ]
