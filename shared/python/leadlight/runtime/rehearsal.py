"""Scoring once, before documents are taken, what would else be scored first at night."""

from collections.abc import Iterator

from leadlight.activity import Scalar
from leadlight.model import Documents, FitCriterion, Model, Suppression
from leadlight.scoring import Portfolio
from leadlight.scoring.example import examples
from leadlight.scoring.explanation import explanation
from leadlight.signals import Condition
from leadlight.state import Fold
from leadlight.state.traits import Trait

_AGES = (364, 45, 20, 7, 6, 1, 0)  # days
_COUNT = 3  # of each day
_PLAIN: tuple[Scalar, ...] = ("some text", 1)
_LEADS = 3  # text, numbers, and what meets conditions: a stack may hold 200 models, and the API has seconds


def rehearse(documents: Documents, today: int) -> None:
    """Scores leads that show every signal and have a value for every trait that the models read.

    What scoring does when a lead first shows something is done here: a rule that can't be gone by raises.
    """
    portfolio = Portfolio(documents.models)
    for rule in documents.catalogue.signals:
        for name, condition in rule.when.items():
            for value in (*_PLAIN, *examples(condition)[:1]):
                documents.catalogue.signals_of(rule.activity, {name: value})
    for fold in _leads(documents, today):
        portfolio.of(fold, today)
        for model in documents.models:
            engine = portfolio[model.id]
            engine.totals(fold, today)
            explanation(engine.score(fold, today), model)


def _leads(documents: Documents, today: int) -> Iterator[Fold]:
    signals = {rule.signal for rule in documents.catalogue.signals}
    values: dict[str, list[Scalar]] = {}
    for model in documents.models:
        signals |= {criterion.signal for criterion in model.signals}
        for trait, condition in _conditions(model):
            values.setdefault(trait, [*_PLAIN]).extend(examples(condition)[:1])
    yield Fold()
    for place in range(_LEADS):
        yield Fold(
            signals={signal: {today - age: _COUNT for age in _AGES} for signal in sorted(signals)},
            traits={trait: Trait(found[place % len(found)], bytes(14)) for trait, found in values.items()},
        )


def _conditions(model: Model) -> Iterator[tuple[str, Condition]]:
    yield from model.audience.items()
    rules: tuple[FitCriterion | Suppression, ...] = (*model.fit, *model.suppress)
    for rule in rules:
        yield rule.trait, rule.condition
