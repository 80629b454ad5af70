"""The engine beside zen-engine and simpleeval, which get the same model and lead; and how its cost grows."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from itertools import cycle
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
from tests.bench.row import Budget, Row, at_most, ratio_at_least, row

Run = Callable[[], list[Any]]


class Lead:
    """A lead as the peers get it: traits and buckets in memory, nothing left to decode."""

    def __init__(self, fold: Fold) -> None:
        self.buckets = fold.buckets
        self._traits = fold.known_traits()

    def known_traits(self, as_of: int | None = None) -> dict[str, Scalar]:
        return self._traits


class Contest:
    """The same leads by everyone. The peers' evaluators are made per buying stage, and chosen for free.

    With a `batch`, each round takes the next so many leads: where there are enough of them, nobody scores one twice.
    """

    def __init__(self, model: Model, folds: Sequence[Fold], *, batch: int | None = None) -> None:
        self.engine = Engine(model, once=batch is not None)
        self.leads = [Lead(fold) for fold in folds]
        self.stages = [self.engine.buying_stage(lead, sample.TODAY) for lead in self.leads]
        self.batch = batch or len(folds)
        self._model = model
        self._folds = folds

    def totals(self) -> Run:
        """Ours, the score alone."""
        engine = self.engine
        return self._turns(lambda leads: [engine.totals(lead, sample.TODAY).score for lead in leads], self.leads)

    def scores(self) -> Run:
        """Ours, with every contribution."""
        engine = self.engine
        return self._turns(lambda leads: [engine.score(lead, sample.TODAY) for lead in leads], self.leads)

    def explained(self) -> list[dict[str, int]]:
        """Ours, the points of every criterion that gives any."""
        return [
            {part.criterion: part.points for part in self.engine.score(lead, sample.TODAY).contributions}
            for lead in self.leads
        ]

    def peer(
        self,
        text: Callable[[Model, BuyingStage, peers.Language], str],
        language: peers.Language,
        compiled: Callable[[str], peers.Evaluate],
    ) -> Run:
        """A peer's results, lead by lead."""
        by_stage = {stage: compiled(text(self._model, stage, language)) for stage in set(self.stages)}
        calls = [(by_stage[stage], inputs) for stage, inputs in zip(self.stages, self._inputs, strict=True)]
        return self._turns(lambda batch: [evaluate(inputs) for evaluate, inputs in batch], calls)

    @cached_property
    def _inputs(self) -> list[peers.Inputs]:
        return [peers.inputs(self._model, fold, sample.TODAY) for fold in self._folds]

    def _turns(self, run: Callable[[Sequence[Any]], list[Any]], calls: Sequence[Any]) -> Run:
        batches = cycle([calls[start : start + self.batch] for start in range(0, len(calls), self.batch)])
        return lambda: run(next(batches))


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
    """Two hundred leads again and again; then leads that nobody has seen before, once each.

    Each pair has its turns for itself: a third candidate between them would take the processor's cache.
    """
    batch, rounds = (10, 2) if quick else (200, 21)
    again = Contest(sample.model(), sample.leads(batch))
    first = Contest(sample.model(), sample.leads(batch * (rounds + 1), seed=3), batch=batch)
    _warm(first.engine, 10 if quick else 5000)
    assert again.totals()() == again.peer(peers.total, "zen", peers.zen_engine)()
    speed: dict[str, float] = {}
    for pair in (
        {"totals": again.totals(), "zen": again.peer(peers.total, "zen", peers.zen_engine)},
        {"scores": again.scores(), "zen parts": again.peer(peers.contributions, "zen", peers.zen_engine)},
        {"zen decision": again.peer(peers.total, "zen", zen_decision)},
        {"simpleeval": again.peer(peers.total, "python", peers.simple_eval)},
    ):
        seconds = cpu_seconds({name: partial(_five_times, run) for name, run in pair.items()}, rounds=rounds)
        speed |= {name: 5 * batch / taken for name, taken in seconds.items()}
    for pair in (
        {"first totals": first.totals(), "first zen": first.peer(peers.total, "zen", peers.zen_engine)},
        {"first scores": first.scores(), "first zen parts": first.peer(peers.contributions, "zen", peers.zen_engine)},
    ):
        speed |= {name: batch / taken for name, taken in cpu_seconds(pair, rounds=rounds).items()}
    one, parts = "zen-engine, one compiled expression", "zen-engine, the points of each criterion"
    return [
        _against("totals", speed, "totals", "zen", one, budget=ratio_at_least(6)),
        _against("all contributions", speed, "scores", "zen parts", parts, budget=ratio_at_least(3)),
        _against("totals, leads not seen before", speed, "first totals", "first zen", one),
        _against("all contributions, not seen before", speed, "first scores", "first zen parts", parts),
        _against("totals, beside a decision graph", speed, "totals", "zen decision", "zen-engine, a decision graph"),
        _against("totals, beside simpleeval", speed, "totals", "simpleeval", "simpleeval, parsed once"),
    ]


def _five_times(run: Run) -> None:
    for _ in range(5):
        run()


def _against(
    what: str, speed: Mapping[str, float], ours: str, theirs: str, peer: str, *, budget: Budget | None = None
) -> Row:
    name = f"engine, 30 criteria: {what}"
    return row(name, speed[ours], "leads/s", peer=peer, peer_value=speed[theirs], budget=budget)


def _warm(engine: Engine, count: int) -> None:
    """Scores leads that are in no round: a rescoring of all leads is warm after the first thousands."""
    for fold in sample.leads(count, seed=2):
        lead = Lead(fold)
        engine.totals(lead, sample.TODAY)
        engine.score(lead, sample.TODAY)


def _growth(*, quick: bool) -> list[Row]:
    """The same leads by larger and larger models: what a score costs should be the lead's, not the model's."""
    sizes = (30, 300) if quick else (30, 300, 3000)
    batch, rounds = (10, 2) if quick else (100, 11)
    contests = {}
    for size in sizes:
        contests[size] = Contest(sample.model(size), sample.leads(batch * (rounds + 1)), batch=batch)
        _warm(contests[size].engine, batch * 5)
    totals = cpu_seconds({str(size): contests[size].totals() for size in sizes}, rounds=rounds)
    scores = cpu_seconds({str(size): contests[size].scores() for size in sizes}, rounds=rounds)
    return [
        row(
            f"engine by size of the model, {size:,} criteria: {what}",
            taken[str(size)] / batch * 1e6,
            "us",
            peer="30 criteria, the same leads" if size > sizes[0] else None,
            peer_value=taken[str(sizes[0])] / batch * 1e6 if size > sizes[0] else None,
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
