"""Documents: what people write is read, or each problem says its line and the fix."""

from pathlib import Path

import pytest

from leadlight.model import decode, encode
from leadlight.model.document import (
    DEFAULT_CATALOGUE,
    DEFAULT_MODEL,
    InvalidDocument,
    build_documents,
    read_catalogue,
    read_documents,
    read_model,
)
from leadlight.model.structs import Category, Decay, Limit


@pytest.fixture(scope="module")
def catalogue():
    return read_catalogue()


def test_the_default_documents_survive_publishing():
    """YAML to the published form and back: the same values."""
    documents = read_documents()
    assert decode(encode(documents)) == documents


def test_points_are_thousandths_and_windows_days(catalogue):
    """What people write in points and days, the engine reads as integers."""
    pricing = next(part for part in read_model(catalogue=catalogue).signals if part.id == "pricing_page")
    assert pricing.points == (8000, 10000, 12000)
    assert (pricing.window, pricing.limit, pricing.cap) == (60, Limit(2, 1), 30000)
    assert pricing.decay == Decay("half_life", 14)
    assert pricing.category is Category.ENGAGEMENT


def test_publishing_writes_into_a_copy_of_the_package(tmp_path):
    """The layer's build reads YAML once; functions read what it wrote."""
    (tmp_path / "model").mkdir()
    assert decode(build_documents(tmp_path).read_bytes()) == read_documents()


def broken(tmp_path: Path, source: Path, old: str, new: str) -> tuple[Path, int]:
    text = source.read_text()
    assert old in text
    path = tmp_path / "model.yaml"
    path.write_text(text.replace(old, new, 1))
    return path, text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "half_life: 14d}, cap: 30}",
            "halflife: 14d}, cap: 30}",
            "signals.0.decay.halflife: unknown key; did you mean half_life?",
        ),
        (
            "signal: webinar_attended, points",
            "signal: webinar_atended, points",
            "signals.5.signal: webinar_atended is not in the signal catalogue; did you mean webinar_attended?",
        ),
        (
            "id: comparison",
            "id: pricing_page",
            "signals.1.id: pricing_page is taken; every criterion needs an id of its own",
        ),
        ("grades: {A: 75", "grades: {A: 45", "grades: grades must fall from A to C, found 45, 50, 25"),
        (
            "window: 90d, decay: {half_life: 30d}, cap: 28",
            "window: 900d, decay: {half_life: 30d}, cap: 28",
            "signals.5.window: ",
        ),
        (
            "falls_below: 30, falls_to: lead",
            "falls_below: 50, falls_to: lead",
            "lifecycle.0: falls_below must be under score 45, found 50",
        ),
        (
            "from: [mql], score: 60",
            "from: [customer], score: 60",
            "lifecycle.1.from: a lead can't go from customer to sql",
        ),
        ("enter: sal,", "enter: sale,", "lifecycle.2.enter: write one of lead, mql, sql, sal,"),
        ("points: 35}", "points: lots}", "fit.0.points: write a number of points, found 'lots'"),
        (
            "matches: '\\b(head|director)\\b'",
            "matches: '(head|director'",
            "fit.4.when.matches: not a regular expression",
        ),
        (
            "title: B2B SaaS, sales-assisted",
            "titel: B2B SaaS, sales-assisted",
            "titel: unknown key; did you mean title?",
        ),
    ],
)
def test_a_broken_model_says_where_and_what_to_do(tmp_path, catalogue, old, new, message):
    """File, line, field, and the fix."""
    path, line = broken(tmp_path, DEFAULT_MODEL, old, new)
    with pytest.raises(InvalidDocument) as found:
        read_model(path, catalogue=catalogue)
    assert any(problem.startswith(f"{path}:{line}: {message}") for problem in found.value.problems), str(found.value)


def test_yaml_that_is_none_says_its_line(tmp_path, catalogue):
    """A tab, an open bracket: the line it stands on."""
    path = tmp_path / "model.yaml"
    path.write_text("model: x\nversion: [1\n")
    with pytest.raises(InvalidDocument, match=r"model.yaml:\d+: YAML: "):
        read_model(path, catalogue=catalogue)


def test_a_catalogue_can_not_read_reserved_types(tmp_path):
    """deal_won is a fact of its own kind, not an activity."""
    path, line = broken(tmp_path, DEFAULT_CATALOGUE, "activity: trial_started", "activity: deal_won")
    with pytest.raises(InvalidDocument, match=f"{line}: signals.8.activity: deal_won is a reserved type"):
        read_catalogue(path)
