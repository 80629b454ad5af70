"""Suppression: leads that are nobody to sell to."""

from collections.abc import Mapping, Sequence
from functools import partial

from leadlight.activity import Scalar
from leadlight.model.structs import Suppression
from leadlight.scoring.adjustment import Adjustment
from leadlight.scoring.by_value import ByValue, Value
from leadlight.scoring.score import Contribution

SUPPRESSED = "suppressed"


class Suppressions:
    """The suppression rules of a model; each value of a trait is judged once, and remembered."""

    def __init__(self, rules: Sequence[Suppression]) -> None:
        by_trait: dict[str, list[Suppression]] = {}
        for rule in rules:
            by_trait.setdefault(rule.trait, []).append(rule)
        self._rules = rules
        self._by_trait = [
            (trait, ByValue(partial(_first, tests), [test.condition for test in tests]))
            for trait, tests in by_trait.items()
        ]

    def hold(self, traits: Mapping[str, Scalar]) -> bool:
        """Whether any rule holds."""
        return any(rules[traits.get(trait)] for trait, rules in self._by_trait)

    def contribution(self, traits: Mapping[str, Scalar], shares: int) -> Contribution:
        """What takes back all that the other contributions came to, by the first rule that holds."""
        met = [rule for trait, rules in self._by_trait if (rule := rules[traits.get(trait)])]
        rule = min(met, key=self._rules.index)
        value = traits.get(rule.trait)
        return Contribution(Adjustment(SUPPRESSED, rule.label), 0, -shares, "absent" if value is None else value)


def _first(rules: Sequence[Suppression], value: Value) -> Suppression | None:
    return next((rule for rule in rules if rule.condition.holds(value)), None)
