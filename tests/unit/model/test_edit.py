"""Edits by the command line: one value changes, and not a letter beside it."""

import difflib
from pathlib import Path

import pytest

from leadlight.model.document import DEFAULT_MODEL, read_catalogue, read_model
from leadlight.model.document.edit import NoSuchPlaceError, edited, set_value, set_version

TEXT = DEFAULT_MODEL.read_text()
BLOCK = """# a model
signals:            # what they do
  - id: pricing     # the page
    points: 8       # each
    # the decay
    decay:
      half_life: 14d

  - id: "demo"
    points: {decision: 5,   awareness: 1}
    empty:
# the end
"""


def changed_lines(before: str, after: str) -> list[str]:
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in diff if line[0] in "+-" and line[:3] not in ("+++", "---")]


@pytest.mark.parametrize(
    ("place", "value", "old", "new"),
    [
        ("version", "2", "version: 1", "version: 2"),
        ("signals.demo.points.decision", "55.5", "decision: 50}", "decision: 55.5}"),
        ("signals.demo.points", "45", "points: {awareness: 40, consideration: 45, decision: 50}", "points: 45"),
        ("signals.teammates.decay", "{half_life: 10d}", "cap: 30}", "cap: 30, decay: {half_life: 10d}}"),
        ("lifecycle.mql.score", "50", "score: 45", "score: 50"),
        ("buying_stages.decision.demo_requested.within", "20d", "within: 30d", "within: 20d"),
        ("fit.size_small.when.at_most", "40", "at_most: 49", "at_most: 40"),
        ("title", "'Ours: better'", "title: B2B SaaS, sales-assisted", "title: 'Ours: better'"),
        ("lifecycle.1.score", "70", "score: 60", "score: 70"),
    ],
)
def test_one_value_of_the_default_model_changes(place: str, value: str, old: str, new: str):
    """One line differs, by exactly this."""
    before, after = changed_lines(TEXT, edited(TEXT, place, value))
    assert old in before
    assert after[1:] == before[1:].replace(old, new, 1)


@pytest.mark.parametrize(
    ("place", "value", "old", "new"),
    [
        ("signals.pricing.points", "9", "points: 8       # each", "points: 9       # each"),
        ("signals.pricing.decay.half_life", "7d", "half_life: 14d", "half_life: 7d"),
        ("signals.pricing.decay", "{step: 7d}", "half_life: 14d", "{step: 7d}"),
        ("signals.pricing.cap", "30", "half_life: 14d\n", "half_life: 14d\n    cap: 30\n"),
        ("signals.demo.points.awareness", "2", "awareness: 1}", "awareness: 2}"),
        ("signals.demo.points.consideration", "3", "awareness: 1}", "awareness: 1, consideration: 3}"),
        ("signals.demo.empty", "now", "empty:\n", "empty: now\n"),
        ("title", "new", "    empty:\n", "    empty:\ntitle: new\n"),
    ],
)
def test_comments_order_and_white_space_survive_in_block_style(place: str, value: str, old: str, new: str):
    """Written by hand, and left as it was."""
    assert edited(BLOCK, place, value) == BLOCK.replace(old, new, 1)


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("signals.pricing_pag.points", "9", "signals.pricing_pag is not there; did you mean pricing_page?"),
        ("wheights.awareness.fit", "9", "wheights is not there; did you mean weights?"),
        ("version.minor", "9", "version.minor is not there"),
        ("title", "a: b", "'a: b' does not fit at title: put it in quotes"),
        ("title", "x\nversion: 3", "does not fit at title"),
        ("lifecycle.mql.score", "50, grade: A", "does not fit at lifecycle.mql.score"),
    ],
)
def test_a_place_that_is_not_there_or_a_value_that_does_not_fit_changes_nothing(place: str, value: str, message: str):
    """And says what is there."""
    with pytest.raises(NoSuchPlaceError) as found:
        edited(TEXT, place, value)
    assert message in str(found.value)


def test_a_file_is_edited_in_place(tmp_path: Path):
    """Twice, and it reads as the model that was meant."""
    path = tmp_path / "model.yaml"
    path.write_text(TEXT)
    set_version(path, 7)
    set_value(path, "signals.pricing_page.points", "9")
    model = read_model(path, catalogue=read_catalogue())
    assert model.version == 7
    assert next(each for each in model.signals if each.id == "pricing_page").points == (9000, 9000, 9000)
    assert len(changed_lines(TEXT, path.read_text())) == 4
