"""Rescoring from stored state alone: decode the fold, then the score, as runs do. No lead is scored twice."""

from itertools import cycle

import msgspec

from leadlight.scoring import Engine
from leadlight.scoring.moved import moved
from leadlight.state import codec
from tests.bench import sample
from tests.bench.rounds import cpu_seconds
from tests.bench.row import Row, at_most, row

ODOO = "Odoo's predictive lead scoring, compute alone"
ODOO_MICROSECONDS = 23.0  # measured apart from this run


def rows(*, quick: bool) -> list[Row]:
    """A typical lead (8 signals, 6 traits), and an active one (15 signals, 20 traits), by a model of 30 criteria."""
    found = [
        each
        for name, signals, traits in (("typical", 8, 6), ("active", 15, 20))
        for each in _rescored(name, signals=signals, traits=traits, quick=quick)
    ]
    return found + _compared(quick=quick)


def _compared(*, quick: bool) -> list[Row]:
    """What `leadlight diff` does with leads: each is scored by two models."""
    count = 50 if quick else 10_000
    before, folds = sample.model(), [(f"ld_{number}", fold) for number, fold in enumerate(sample.leads(count, seed=4))]
    after = msgspec.structs.replace(before, signals=before.signals[3:])
    seconds = cpu_seconds({"diff": lambda: moved(before, after, folds, sample.TODAY)}, rounds=1)["diff"]
    return [row(f"two models compared on {count:,} leads", seconds, "s")]


def _rescored(name: str, *, signals: int, traits: int, quick: bool) -> list[Row]:
    engine = Engine(sample.model(), once=True)
    batch, rounds = (20, 2) if quick else (300, 21)
    leads = sample.leads(batch * (rounds + 1))
    for lead in leads:
        lead.signals = dict(list(lead.signals.items())[:signals])
        lead.traits = dict(list(lead.traits.items())[:traits])
    stored = [codec.encode(lead) for lead in leads]
    for data in map(codec.encode, sample.leads(batch * 10, seed=2)):
        engine.totals(codec.decode(data), sample.TODAY)
    batches = [stored[start : start + batch] for start in range(0, len(stored), batch)]
    decoded, scored, read = cycle(batches), cycle(batches), cycle(batches)
    seconds = cpu_seconds(
        {
            "decode": lambda: [codec.decode(data) for data in next(decoded)],
            "rescore": lambda: [engine.totals(codec.decode(data), sample.TODAY) for data in next(scored)],
            "score": lambda: [engine.totals(codec.read(data), sample.TODAY) for data in next(read)],
        },
        rounds=rounds,
    )
    each = {part: taken / batch * 1e6 for part, taken in seconds.items()}
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
        row(f"bulk rescore, {name} lead: decoding no more than the score reads", each["score"], "us"),
    ]
