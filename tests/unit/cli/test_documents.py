"""The commands on documents: new ones, edits, the schema, the reference, and the checks of several at once."""

import json
from pathlib import Path

import pytest

from leadlight.model.document import DEFAULT_MODEL
from leadlight.model.document.reference import FILE


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.yaml"
    path.write_text(DEFAULT_MODEL.read_text())
    return path


@pytest.mark.parametrize("kind", ["self-serve", "sales-led", "marketplace"])
def test_a_new_model_can_be_validated_at_once(cli, tmp_path: Path, kind: str) -> None:
    """And is not written over."""
    path = tmp_path / "mine.yaml"
    assert cli("new", kind, "--out", path).exit_code == 0
    assert cli("validate", path, "--strict").exit_code == 0
    assert path.read_text() == cli("new", kind).output
    again = cli("new", kind, "--out", path)
    assert again.exit_code == 1
    assert "is there already" in again.output
    nowhere = cli("new", kind, "--out", tmp_path / "none" / "mine.yaml")
    assert (nowhere.exit_code, "is no folder that you may write to" in nowhere.output) == (2, True)


def test_the_schema_and_the_reference_are_printed(cli) -> None:
    """As they ship."""
    assert json.loads(cli("schema").output)["title"] == "Leadlight scoring model"
    assert json.loads(cli("schema", "catalogue").output)["title"] == "Leadlight signal catalogue"
    assert cli("reference").output == FILE.read_text()


def test_a_value_is_set_and_the_rest_stays(cli, model: Path) -> None:
    """One line of the file differs."""
    result = cli("set", model, "signals.pricing_page.cap", "25")
    assert result.exit_code == 0
    before, after = DEFAULT_MODEL.read_text().splitlines(), model.read_text().splitlines()
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [
        next(line for line in before if "id: pricing_page" in line).replace("cap: 30}", "cap: 25}")
    ]


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("signals.pricing_page.cap", "0", "signals.pricing_page.cap: a cap is greater than 0 points, found 0"),
        ("signals.pricing.cap", "9", "signals.pricing is not there; did you mean pricing_page?"),
        ("fit.executive.trait", "[", "does not fit at fit.executive.trait"),
    ],
)
def test_what_would_break_the_model_is_not_written(cli, model: Path, place: str, value: str, message: str) -> None:
    """The message is that of `validate`, and names the file itself."""
    result = cli("set", model, place, value)
    assert result.exit_code == 1
    assert f"{model} stays as it was" in result.output
    assert message in result.output
    assert model.read_text() == DEFAULT_MODEL.read_text()


def test_warnings_are_printed_and_only_strict_fails_on_them(cli, model: Path) -> None:
    """`OK` and the doubt beside it."""
    model.write_text(model.read_text().replace("points: 35}", "points: 0}"))
    result = cli("validate", model)
    assert result.exit_code == 0
    assert result.stdout.startswith("OK b2b-saas@1")
    assert "1 warning" in result.stderr
    assert ": warning: fit.size_sweet_spot.points: 0 points: it never gives anything" in result.stderr
    assert cli("validate", model, "--strict").exit_code == 1


def test_several_models_are_checked_as_a_stack_has_them(cli, model: Path) -> None:
    """Names of their own, the last one for everybody."""
    twins = cli("validate", DEFAULT_MODEL, model)
    assert twins.exit_code == 1
    assert f"{model}:3: model: b2b-saas is taken by {DEFAULT_MODEL}" in twins.output
    text = model.read_text().replace("model: b2b-saas", "model: big\naudience: {company_size: {at_least: 1000}}")
    model.write_text(text)
    good = cli("validate", model, DEFAULT_MODEL)
    assert good.exit_code == 0
    assert [line.partition(":")[0] for line in good.stdout.splitlines()] == ["OK big@1", "OK b2b-saas@1"]
    assert "the last model is for everybody else" in cli("validate", DEFAULT_MODEL, model).output
