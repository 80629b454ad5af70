"""Examples: a value that would meet a condition."""

import pytest

from leadlight.model.document import read_documents
from leadlight.scoring.example import choices, examples
from leadlight.signals import Condition
from tests.unit.scoring.small import fit


@pytest.mark.parametrize(
    "condition",
    [
        Condition(any_of=("US", "DE")),
        Condition(at_least=50, at_most=1000),
        Condition(at_most=3.5),
        Condition(matches=r"\b(head|director)\b"),
        Condition(matches=r"^VP of"),
        Condition(matches=r"\.(edu|ac\.[a-z]+)$"),
        Condition(exists=True),
    ],
    ids=str,
)
def test_an_example_meets_the_condition(condition: Condition) -> None:
    """There is at least one, and each holds."""
    found = examples(condition)
    assert found
    assert all(condition.holds(value) for value in found)


def test_what_no_value_can_meet_has_no_example() -> None:
    """Absence is no value; nor is a pattern's puzzle."""
    assert examples(Condition(exists=False)) == ()
    assert examples(Condition(matches=r"^(?=.*q)(?=.*z)[qz]{7}$")) == ()


def test_every_fit_criterion_of_the_starter_model_has_an_example() -> None:
    """So that `why_not` may speak of each."""
    for criterion in read_documents().model.fit:
        assert examples(criterion.condition), criterion.id


def test_choices_are_one_for_each_worth() -> None:
    """Bands that overlap add up; each sum is there once."""
    bands = [fit("size", 5_000, name="x", at_least=10), fit("size", 7_000, name="y", at_least=100)]
    assert choices(bands) == (10, 100)
