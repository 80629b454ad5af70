"""Scores held against what became of the leads."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Cli

MODEL = """\
model: card
version: 3
title: Titles
categories: {fit: {cap: 100}, engagement: {cap: 1}, product_usage: {cap: 1}, behavior: {cap: 1}}
weights:
  awareness: &all {fit: 100, engagement: 0, product_usage: 0, behavior: 0}
  consideration: *all
  decision: *all
buying_stages: {}
grades: {A: 75, B: 50, C: 25}
fit:
  - {id: chief, label: chief, trait: job_title, when: {any_of: [CEO]}, points: 90}
  - {id: manager, label: manager, trait: job_title, when: {any_of: [Manager]}, points: 55}
  - {id: clerk, label: clerk, trait: job_title, when: {any_of: [Clerk]}, points: 15}
signals: []
lifecycle:
  - {enter: mql, from: [lead, recycled], score: 50, falls_below: 40, grade: B}
  - {enter: sql, from: [mql], score: 95, falls_below: 90, falls_to: mql, hand_off: {due: 24h}}
"""
MAP = "{source: import:t, id: id, time: created, lead: {ids: {t: id}}, traits: {job_title: title}}"
# Chiefs: 30 of 40 won. Managers: 20 of 60. Clerks: 5 of 100. The last 60 rows are the newest.
TITLES = [("CEO", 40, 30), ("Manager", 60, 20), ("Clerk", 100, 5)]
Write = Callable[..., list[object]]


@pytest.fixture
def files(tmp_path: Path) -> Write:
    """Writes the three files, and returns the command's arguments."""

    def write(
        rows: list[str] | None = None, *, header: str = "id,created,title,won", mapping: str = MAP
    ) -> list[object]:
        titles = [(title, number < won) for title, leads, won in TITLES for number in range(leads)]
        made = [
            f"{number},2026-{1 + number // 28:02}-{1 + number % 28:02},{title},{'Yes' if won else 'No'}"
            for number, (title, won) in enumerate(titles)
        ]
        leads, model, mapped = (tmp_path / name for name in ("leads.csv", "model.yaml", "map.yaml"))
        leads.write_text("\n".join([header, *(made if rows is None else rows)]) + "\n")
        model.write_text(MODEL)
        mapped.write_text(mapping)
        return ["backtest", leads, "--map", mapped, "--model", model]

    return write


def test_the_figures_are_those_of_the_counts(cli: Cli, files: Write) -> None:
    """As JSON: exact AUC, lift, bands, thresholds with their arithmetic."""
    found = json.loads(cli(*files(), "--won", "won", "--json").output)
    assert (found["model"], found["leads"], found["conversions"]) == ("card@3", 200, 55)
    # Pairs of (won, lost): 30 chiefs over 40 managers and 95 clerks, level with 10 chiefs; and so on.
    right = 30 * (40 + 95) + 20 * 95 + 0.5 * (30 * 10 + 20 * 40 + 5 * 95)
    assert found["auc"] == pytest.approx(right / (55 * 145))
    assert found["top_decile"] == {"leads": 20, "won": 15, "lift": pytest.approx(0.75 / (55 / 200))}
    assert [(band["from"], band["to"], band["leads"], band["won"]) for band in found["bands"]] == [
        (90, 100, 40, 30), (50, 59, 60, 20), (10, 19, 100, 5),
    ]  # fmt: skip
    assert found["gains"][-1] == {"best": 1, "captured": 1, "lift": 1}
    mql, sql = found["proposed"]
    assert (mql["stage"], mql["score"], mql["leads"], mql["won"], mql["odds"]) == ("mql", 90, 40, 30, 2)
    assert (sql["stage"], sql["score"], sql["target"]) == ("sql", None, pytest.approx(4 * 55 / (145 + 4 * 55)))
    assert [(own["stage"], own["leads"], own["won"]) for own in found["in_model"]] == [("mql", 100, 50), ("sql", 0, 0)]
    assert found["part"] is None
    assert found["refused"] == 0


def test_the_terminal_shows_a_picture(cli: Cli, files: Write) -> None:
    """What the words say is what JSON holds; bars, with the average to hold them against."""
    result = cli(*files(), "--won", "won", "--sql", "55%")
    assert result.exit_code == 0
    for words in (
        "card@3 on leads.csv: all rows",
        "200 leads, 55 won: 27.5 %",
        "top-decile lift 2.73: of the best 20.0, 15.0 won, 75.0 %",
        "sql: at least 55.0 % won: score 90 or more: 30 of 40 won = 75.0 % (95 %: 59.8 % to 85.8 %); 54.5 % of all wins",
        "mql: score 50 or more and grade B or better: 50 of 100 won",
        "sql: score 95 or more: no lead reaches it",
        "┊ by chance",
    ):
        assert words in result.output
    best = next(line for line in result.output.splitlines() if line.startswith("90 to 100"))
    assert best.count("█") == round(0.75 * 50) - 1


def test_oldest_and_newest_share_the_leads_between_them(cli: Cli, files: Write) -> None:
    """By the mapping's time where no order is given, and the same by a column; none is in both, none in neither."""
    arguments = [*files(), "--won", "won", "--json"]
    newest, oldest = (
        json.loads(cli(*arguments, part, share).output)
        for part, share in (("--newest", "33.3%"), ("--oldest", "66.7%"))
    )
    assert (newest["leads"], oldest["leads"]) == (66, 134)
    assert newest["conversions"] + oldest["conversions"] == 55
    assert newest["part"]["from"] > oldest["part"]["to"]
    by_number = json.loads(cli(*arguments, "--newest", "33.3%", "--order", "id").output)
    assert by_number.pop("part") == {"which": "newest", "share": 0.333, "order": "id", "from": "134", "to": "199"}
    newest.pop("part")
    assert by_number == newest


def test_without_wins_nothing_is_made_up(cli: Cli, files: Write) -> None:
    """Undefined is null, with the reason; never 0."""
    arguments = files(["1,2026-01-01,CEO,No", "2,2026-01-02,Clerk,"])
    found = json.loads(cli(*arguments, "--won", "won", "--json").output)
    assert found["auc"] is found["top_decile"]["lift"] is found["gains"][0]["captured"] is None
    assert "needs both" in found["reason"]
    result = cli(*arguments, "--won", "won")
    assert result.exit_code == 0
    assert "AUC undefined: it needs both leads that were won and leads that were not" in result.output


def test_the_winning_value_can_be_named(cli: Cli, files: Write) -> None:
    """Case does not matter; any other value is no win."""
    arguments = files(["1,2026-01-01,CEO,Closed Won", "2,2026-01-02,Clerk,open"])
    assert json.loads(cli(*arguments, "--won", "won=closed won", "--json").output)["conversions"] == 1


def test_rows_that_say_nothing_are_told_and_left_out(cli: Cli, files: Write) -> None:
    """With their number and the fix; exit code 1 unless that is asked for."""
    arguments = [
        *files(["1,2026-01-01,CEO,yes", "2,2026-01-02,Clerk,perhaps", "3,soon,Clerk,no"]),
        "--won",
        "won",
        "--json",
    ]
    result = cli(*arguments)
    assert result.exit_code == 1
    assert (
        "leads.csv: row 3: won holds 'perhaps', neither yes nor no: name the winning value, --won COLUMN=VALUE"
        in result.stderr
    )
    assert "row 4: created must be a time" in result.stderr
    assert (json.loads(result.stdout)["leads"], json.loads(result.stdout)["refused"]) == (1, 2)
    assert cli(*arguments, "--skip-bad").exit_code == 0


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--won", "converted"], 1, "--won: leads.csv has no column 'converted'; its columns: id, created, title, won"),
        (["--won", "won", "--oldest", "9%", "--order", "nr"], 1, "--order: leads.csv has no column 'nr'"),
        (["--won", "won", "--oldest", "9%", "--order", "title"], 1, "title must be a number or a time such as 2026-11-21, found 'CEO'"),
        (["--won", "won", "--newest", "0.1%"], 1, "that part of 200 rows is none of them"),
        (["--won", "title=CEO"], 1, "the model reads job_title, which is the outcome itself (title)"),
        (["--won", "won", "--newest", "30%", "--oldest", "70%"], 2, "not both"),
        (["--won", "won", "--newest", "0.3"], 2, "write 30%"),
    ],
)  # fmt: skip
def test_what_can_not_be_answered_is_told(cli: Cli, files: Write, more: list[str], code: int, said: str) -> None:
    """One line, with the fix."""
    result = cli(*files(), *more)
    assert result.exit_code == code
    assert said in result.output


def test_a_mapping_without_a_time_asks_for_the_order(cli: Cli, files: Write) -> None:
    """Nobody guesses which leads are new."""
    arguments = files(mapping=MAP.replace("time: created, ", ""))
    result = cli(*arguments, "--won", "won", "--newest", "30%")
    assert result.exit_code == 2
    assert "give --order COLUMN" in result.output
    assert cli(*arguments, "--won", "won", "--newest", "30%", "--order", "created").exit_code == 0


def test_numbers_and_times_do_not_mix(cli: Cli, files: Write) -> None:
    """They give no order."""
    arguments = files(["1,2026-01-01,CEO,yes", "2026-01-02,2026-01-02,Clerk,no"])
    result = cli(*arguments, "--won", "won", "--oldest", "50%", "--order", "id")
    assert result.exit_code == 1
    assert "--order id: some rows hold a number and others a time" in result.output


def test_leads_that_the_model_is_not_for_are_left_out(cli: Cli, files: Write) -> None:
    """They are counted apart: another model of the stack scores them."""
    arguments = files()
    model = Path(str(arguments[-1]))
    model.write_text(model.read_text() + "audience: {job_title: {any_of: [CEO, Manager]}}\n")
    result = cli(*arguments, "--won", "won", "--json")
    assert (json.loads(result.stdout)["leads"], json.loads(result.stdout)["outside"]) == (100, 100)
    assert "100 leads are not of the model's audience, and left out" in result.stderr
