"""Several models side by side: each lead has one primary model, the first whose audience it meets."""

from collections.abc import Mapping, Sequence

from leadlight.activity import Scalar
from leadlight.model.structs import Model
from leadlight.scoring.engine import Engine, Scorable
from leadlight.scoring.memo import Memo
from leadlight.scoring.score import Score, Totals

Values = tuple[Scalar | None, ...]


class Portfolio:
    """The models of a stack, each made ready when it first scores. The last one is for everybody."""

    def __init__(self, models: Sequence[Model]) -> None:
        self.models = {model.id: model for model in models}
        self._engines = Memo[str, Engine](lambda name: Engine(self.models[name]))
        self._last = models[-1].id
        self._traits = tuple(dict.fromkeys(trait for model in models for trait in model.audience))
        self._chosen = Memo[tuple[Values, tuple[type, ...]], str](lambda key: self._choose(key[0]))

    def __getitem__(self, model_id: str) -> Engine:
        """A model's engine; raises KeyError where there is no such model."""
        return self._engines[model_id]

    def primary(self, traits: Mapping[str, Scalar]) -> Engine:
        """The engine of the first model whose audience conditions all hold, else of the last model."""
        if not self._traits:
            return self._engines[next(iter(self.models))]
        values = tuple(map(traits.get, self._traits))
        return self._engines[self._chosen[values, tuple(map(type, values))]]  # 1 and True are one key, not one value

    def of(self, lead: Scorable, as_of: int) -> Engine:
        """The primary engine of a lead, by its traits at the end of a day."""
        return self.primary(lead.known_traits(as_of))

    def score(self, lead: Scorable, as_of: int) -> Score:
        """The lead's score by its primary model."""
        return self.of(lead, as_of).score(lead, as_of)

    def others(self, lead: Scorable, as_of: int) -> dict[str, Totals]:
        """The lead's scores by every model but its primary one."""
        primary = self.of(lead, as_of).model.id
        return {name: self._engines[name].totals(lead, as_of) for name in self.models if name != primary}

    def _choose(self, values: Values) -> str:
        known = dict(zip(self._traits, values, strict=True))
        for name, model in self.models.items():
            if all(condition.holds(known[trait]) for trait, condition in model.audience.items()):
                return name
        return self._last
