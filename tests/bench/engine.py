"""The engine beside zen-engine and simpleeval, which get the same model and lead; and how its cost grows."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import zen

from leadlight.activity import Scalar
from leadlight.model import BuyingStage, Model, decode, encode
from leadlight.model.structs import Documents
from leadlight.scoring import Engine
from leadlight.signals import Catalogue
from leadlight.state import Fold
from tests.bench import peers, sample
from tests.bench.rounds import cpu_seconds
from tests.bench.row import Row, at_most, ratio_at_least, row

Run = Callable[[], list[Any]]


class Lead:
    """A lead as the peers get it: traits and signals in memory, nothing left to decode."""

    def __init__(self, fold: Fold) -> None:
        self.signals = fold.signals
        self._traits = fold.known_traits()

    def known_traits(self) -> dict[str, Scalar]:
        return self._traits


class Contest:
    """The same leads by everyone. The peers' evaluators are made per buying stage, and chosen for free."""

    def __init__(self, model: Model, folds: Sequence[Fold]) -> None:
        self.engine = Engine(model)
        self.leads = [Lead(fold) for fold in folds]
        self.stages = [self.engine.buying_stage(lead, sample.TODAY) for lead in self.leads]
        self._model = model
        self._inputs = [peers.inputs(model, fold, sample.TODAY) for fold in folds]

    def totals(self) -> list[int]:
        """Ours, the score alone."""
        return [self.engine.totals(lead, sample.TODAY).score for lead in self.leads]

    def explained(self) -> list[dict[str, int]]:
        """Ours, the points of every criterion that gives any."""
        return [
            {part.criterion: part.points for part in self.engine.score(lead, sample.TODAY).contributions}
            for lead in self.leads
        ]

    def scores(self) -> Run:
        """Ours, with every contribution."""
        return lambda: [self.engine.score(lead, sample.TODAY) for lead in self.leads]

    def peer(
        self,
        text: Callable[[Model, BuyingStage, peers.Language], str],
        language: peers.Language,
        compiled: Callable[[str], peers.Evaluate],
    ) -> Run:
        """A peer's results, lead by lead."""
        by_stage = {stage: compiled(text(self._model, stage, language)) for stage in set(self.stages)}
        calls = [(by_stage[stage], inputs) for stage, inputs in zip(self.stages, self._inputs, strict=True)]
        return lambda: [evaluate(inputs) for evaluate, inputs in calls]


def zen_decision(text: str) -> peers.Evaluate:
    """The expression in a decision graph, which is how zen-engine's manual evaluates rules."""
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        {
            "id": "score",
            "type": "expressionNode",
            "name": "score",
            "position": {"x": 0, "y": 0},
            "content": {"expressions": [{"id": "score", "key": "score", "value": text}]},
        },
        {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 0, "y": 0}},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "score", "type": "edge"},
        {"id": "2", "sourceId": "score", "targetId": "out", "type": "edge"},
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    return lambda inputs: decision.evaluate(inputs)["result"]["score"]


def rows(*, quick: bool) -> list[Row]:
    """All that is measured of the engine."""
    return [*_beside_peers(quick=quick), *_growth(quick=quick), _made_ready(quick=quick)]


def _beside_peers(*, quick: bool) -> list[Row]:
    contest = Contest(sample.model(), sample.leads(10 if quick else 200))
    seconds = cpu_seconds(
        {
            "totals": contest.totals,
            "zen": contest.peer(peers.total, "zen", peers.zen_engine),
            "scores": contest.scores(),
            "zen parts": contest.peer(peers.contributions, "zen", peers.zen_engine),
            "zen decision": contest.peer(peers.total, "zen", zen_decision),
            "simpleeval": contest.peer(peers.total, "python", peers.simple_eval),
        },
        rounds=2 if quick else 21,
    )
    speed = {name: len(contest.leads) / taken for name, taken in seconds.items()}
    name = "engine, 30 criteria: "
    return [
        row(
            name + "totals",
            speed["totals"],
            "leads/s",
            peer="zen-engine, one compiled expression",
            peer_value=speed["zen"],
            budget=ratio_at_least(6),
        ),
        row(
            name + "all contributions",
            speed["scores"],
            "leads/s",
            peer="zen-engine, the points of each criterion",
            peer_value=speed["zen parts"],
            budget=ratio_at_least(3),
        ),
        row(
            name + "totals, beside a decision graph",
            speed["totals"],
            "leads/s",
            peer="zen-engine, a decision graph",
            peer_value=speed["zen decision"],
        ),
        row(
            name + "totals, beside simpleeval",
            speed["totals"],
            "leads/s",
            peer="simpleeval, parsed once",
            peer_value=speed["simpleeval"],
        ),
    ]


def _growth(*, quick: bool) -> list[Row]:
    """The same leads by larger and larger models: what a score costs should be the lead's, not the model's."""
    sizes = (30, 300) if quick else (30, 300, 3000)
    contests = {size: Contest(sample.model(30), sample.leads(10 if quick else 100)) for size in sizes}
    for size, contest in contests.items():
        contest.engine = Engine(sample.model(size))
    totals = cpu_seconds({str(size): contests[size].totals for size in sizes}, rounds=2 if quick else 11)
    scores = cpu_seconds({str(size): contests[size].scores() for size in sizes}, rounds=2 if quick else 11)
    return [
        row(
            f"engine by size of the model, {size:,} criteria: {what}",
            taken[str(size)] / len(contests[size].leads) * 1e6,
            "us",
            peer="30 criteria, the same leads" if size > sizes[0] else None,
            peer_value=taken[str(sizes[0])] / len(contests[size].leads) * 1e6 if size > sizes[0] else None,
        )
        for what, taken in (("totals", totals), ("all contributions", scores))
        for size in sizes
    ]


def _made_ready(*, quick: bool) -> Row:
    """From published JSON to the first score: what a cold start pays."""
    published = encode(Documents(Catalogue(1, ()), (sample.model(300),)))
    lead = Lead(sample.leads(1)[0])

    def ready() -> object:
        return Engine(decode(published).model).score(lead, sample.TODAY)

    seconds = cpu_seconds({"ready": partial(ready)}, rounds=2 if quick else 11)["ready"]
    return row("engine, 300 criteria: decode, make ready, first score", seconds * 1000, "ms", budget=at_most(50, "ms"))
