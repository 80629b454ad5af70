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
    ("text", "message"),
    [
        ("model: x\nversion: [1\n", "3: YAML: "),
        ("model: x\nmodel: y\n", "2: YAML: model is given twice; keep one"),
        ("model: x\n? [a, b]\n: 1\n", "2: YAML: a key is text, not a list or a mapping"),
        ("- a\n", "1: YAML: the document must be a mapping of keys to values"),
        ("", "1: YAML: the document must be a mapping of keys to values"),
        ("a: &a [*a]\n", "1: YAML: can't be read: "),
    ],
)
def test_what_is_no_document_says_its_line(tmp_path, catalogue, text, message):
    """An open bracket, a key twice, a key that is a list, a part that holds itself."""
    path = tmp_path / "model.yaml"
    path.write_text(text)
    with pytest.raises(InvalidDocument) as found:
        read_model(path, catalogue=catalogue)
    assert found.value.problems[0].startswith(f"{path}:{message}")


def test_a_catalogue_can_not_read_reserved_types(tmp_path):
    """deal_won is a fact of its own kind, not an activity."""
    path, line = broken(tmp_path, DEFAULT_CATALOGUE, "activity: trial_started", "activity: deal_won")
    with pytest.raises(
        InvalidDocument,
        match=f"{line}: signals.8.activity: deal_won is a reserved type: a fact of its own kind, which no signal reads",
    ):
        read_catalogue(path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ('"0"', "write a name of lower-case letters, digits, _ and -, the first a letter, found '0'"),
        ("12", "write text, found 12"),
        ("1st_visit", "the first a letter, found '1st_visit'; did you mean st_visit?"),
        ("a" * 101, "write at most 100 characters"),
    ],
)
def test_a_signal_has_no_number_for_a_name(tmp_path, name, message):
    """Beside a long history signals go by their numbers: a name that is one would be taken for another's."""
    path, line = broken(tmp_path, DEFAULT_CATALOGUE, "signal: trial_started", f"signal: {name}")
    with pytest.raises(InvalidDocument) as found:
        read_catalogue(path)
    [problem] = found.value.problems
    assert problem.startswith(f"{path}:{line}: signals.")
    assert message in problem


def model(tmp_path: Path, name: str, **changes: object) -> Path:
    text = DEFAULT_MODEL.read_text().replace("model: b2b-saas", f"model: {name}")
    path = tmp_path / f"{name}.yaml"
    path.write_text(text + "".join(f"{key}: {value}\n" for key, value in changes.items()))
    return path


def test_a_stack_holds_several_models_the_last_one_for_everybody(tmp_path):
    """In order of precedence; the audience of the first is by trait."""
    big = model(tmp_path, "big", audience="{company_size: {at_least: 1000}, country: {country: [US]}}")
    documents = read_documents([big, DEFAULT_MODEL])
    assert [each.id for each in documents.models] == ["big", "b2b-saas"]
    assert documents.model.id == "b2b-saas"
    assert documents.models[0].audience["country"].holds("United States")
    assert decode(encode(documents)) == documents


def test_models_of_a_stack_have_names_of_their_own(tmp_path):
    """And each is told where the other stands."""
    twin = model(tmp_path, "b2b-saas")
    with pytest.raises(InvalidDocument, match=f"b2b-saas is taken by {DEFAULT_MODEL}"):
        read_documents([DEFAULT_MODEL, twin])


def test_a_stack_needs_a_model_for_everybody(tmp_path):
    """A model with an audience can be tried by itself, not published as the only one."""
    big = model(tmp_path, "big", audience="{company_size: {at_least: 1000}}")
    assert read_documents([big]).model.id == "big"
    with pytest.raises(InvalidDocument, match="audience: the last model is for everybody else"):
        read_documents([DEFAULT_MODEL, big])
    with pytest.raises(InvalidDocument, match="audience: the last model is for everybody else"):
        build_documents(tmp_path, models=[big])


def test_a_stack_holds_at_most_two_hundred_models(monkeypatch):
    """More are a mistake of a script."""
    monkeypatch.setattr("leadlight.model.document.read.MOST_MODELS", 1)
    with pytest.raises(InvalidDocument, match="a stack holds at most 1 models, found 2"):
        read_documents([DEFAULT_MODEL, DEFAULT_MODEL])


def test_how_accounts_are_scored_is_said_by_the_last_model(tmp_path):
    """An account has leads of every model: another one that says something else is refused."""
    big = model(tmp_path, "big", audience="{company_size: {at_least: 1000}}")
    big.write_text(big.read_text().replace("accounts: {score: max}", "accounts: {score: sum}"))
    with pytest.raises(InvalidDocument, match="accounts: an account has leads of every model"):
        read_documents([big, DEFAULT_MODEL])
    big.write_text(big.read_text().replace("accounts: {score: sum}", ""))
    assert read_documents([big, DEFAULT_MODEL]).model.accounts.score == "max"


def test_domains_that_name_no_account_are_ours_and_those_of_every_model(tmp_path):
    """They are published: functions read no YAML."""
    big = model(tmp_path, "big", audience="{company_size: {at_least: 1000}}", free_mail_domains="[My-ISP.example]")
    published = decode(encode(read_documents([big, DEFAULT_MODEL])))
    assert {"gmail.com", "my-isp.example"} <= published.free_mail
