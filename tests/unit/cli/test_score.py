"""Offline scoring: the lines, the documents and the moment decide, and nothing else."""

import json
import random
from decimal import Decimal

from tests.unit.builders import cloudevent

AS_OF = ("--as-of", "2026-11-21")
JANE = {"email": "jane@acme.com", "user_id": "42"}


def visit(name: str, time: str, *, path: str = "/pricing", lead=None) -> dict:
    return cloudevent(
        "page_viewed", name=name, time=time, subject=None, data={"lead": lead or JANE, "properties": {"path": path}}
    )


def identified(time: str, **traits: object) -> dict:
    return cloudevent(
        "lead_identified", name=f"i-{time}", time=time, subject=None, data={"lead": JANE, "traits": traits}
    )


HISTORY = [
    identified("2026-11-01T10:00:00Z", title="VP Sales", employees=120, industry="Software"),
    *(visit(f"v{n}", f"2026-11-{1 + n % 20:02}T{n % 24:02}:30:00Z") for n in range(60)),
    cloudevent("demo_requested", name="d", time="2026-11-10T10:00:00Z", subject="jane@acme.com"),
    cloudevent("unsubscribed", name="u", time="2026-11-11T10:00:00Z", subject="jane@acme.com"),
    visit("other", "2026-11-19T10:00:00Z", path="/careers", lead={"anonymous_id": "a1"}),
]


def score(cli, path, *arguments: str) -> list[dict]:
    result = cli("score", "--activities", path, *AS_OF, "--json", *arguments)
    assert result.exit_code == 0, result.output
    return [json.loads(line, parse_float=Decimal) for line in result.stdout.splitlines()]


def test_one_object_per_lead_highest_score_first(cli, jsonl) -> None:
    """Each line is a lead with all that its score is made of."""
    jane, other = score(cli, jsonl(HISTORY))
    assert set(jane) == {"lead_id", "score", "grade", "buying_stage", "model", "categories", "contributions", "unknown"}
    assert (jane["grade"], jane["buying_stage"]) == ("A", "decision")
    assert jane["score"] > other["score"]
    assert jane["unknown"] == ["core_country"]
    assert "core_country" in other["unknown"]


def test_the_shares_add_up_to_the_score_exactly(cli, jsonl) -> None:
    """As decimals, to the last digit."""
    for lead in score(cli, jsonl(HISTORY)):
        assert sum(part["share"] for part in lead["contributions"]) == lead["score"]


def test_order_and_repetition_do_not_show(cli, jsonl) -> None:
    """Three copies of each line, shuffled, give the same output."""
    once = score(cli, jsonl(HISTORY))
    for seed in range(3):
        lines = HISTORY * 3
        random.Random(seed).shuffle(lines)
        assert score(cli, jsonl(lines)) == once


def test_what_comes_later_is_ignored(cli, jsonl) -> None:
    """An activity or a trait after the moment changes nothing, even one of the same day."""
    moment = ("--as-of", "2026-11-21T12:00:00Z")
    later = [
        visit("later", "2026-11-21T12:00:01Z"),
        visit("far", "2099-01-01T00:00:00Z"),
        identified("2026-11-22T00:00:00Z", title="Intern"),
    ]
    now = cli("score", "--activities", jsonl(HISTORY), *moment, "--json")
    assert cli("score", "--activities", jsonl(HISTORY + later), *moment, "--json").output == now.output


def test_a_date_means_through_its_end(cli, jsonl) -> None:
    """The last minute of the day counts."""
    path = jsonl([visit("last", "2026-11-21T23:59:59Z")])
    assert [lead["score"] > 0 for lead in score(cli, path)] == [True]


def test_standard_input_and_a_byte_order_mark_are_read(cli, jsonl) -> None:
    """`-` is standard input; blank lines and a mark of Windows editors are no events."""
    content = b"\xef\xbb\xbf" + jsonl(HISTORY).read_bytes() + b"\n\n"
    assert cli("score", "--activities", "-", *AS_OF, "--json", stdin=content).stdout == "".join(
        cli("score", "--activities", jsonl(HISTORY), *AS_OF, "--json").stdout
    )


def test_bad_lines_are_named_and_the_rest_is_scored(cli, jsonl) -> None:
    """Exit code 1, or 0 with --skip-bad; the output is the same."""
    good = cli("score", "--activities", jsonl(HISTORY), *AS_OF, "--json").stdout
    path = jsonl(HISTORY)
    nobody = json.dumps(cloudevent(subject=None))
    path.write_text("not json\n" + path.read_text() + "[]\n" + nobody + "\n" + "[" * 100_000 + "\n")
    result = cli("score", "--activities", path, *AS_OF, "--json")
    assert result.exit_code == 1
    assert result.stdout == good
    last = len(HISTORY) + 2
    reasons = [
        f"{path}:1: body: ",
        f"{path}:{last}: event: ",
        f"{path}:{last + 1}: subject: ",
        f"{path}:{last + 2}: body: ",
    ]
    assert all(reason in result.stderr for reason in reasons)
    assert cli("score", "--activities", path, *AS_OF, "--json", "--skip-bad").exit_code == 0


def test_a_file_that_is_something_else_is_not_told_line_by_line(cli, tmp_path) -> None:
    """Twenty lines are enough to see it; nor is an empty one passed over in silence."""
    path = tmp_path / "export.csv"
    path.write_text("a,b,c\n" * 500)
    errors = cli("score", "--activities", path, *AS_OF).stderr.splitlines()
    assert len(errors) == 22
    assert errors[20:] == [f"{path}: and 480 lines more", "500 lines could not be read; mend them, or give --skip-bad"]
    path.write_text("")
    assert "no activities in it" in cli("score", "--activities", path, *AS_OF).stderr


def test_activities_that_mean_nothing_are_set_aside_and_said(cli, jsonl) -> None:
    """A type that no signal reads is no error, and does not go unseen."""
    result = cli("score", "--activities", jsonl([*HISTORY, cloudevent("telepathy")]), *AS_OF)
    assert result.exit_code == 0
    assert "no signal reads 'telepathy' (1)" in result.stderr


def test_without_json_it_is_a_table_for_people(cli, jsonl) -> None:
    """Grade and score first, then each reason; nothing of the data is taken for markup or control."""
    evil = identified("2026-11-20T00:00:00Z", email_domain="[bold]evil\x1b[2J.edu", industry="software")
    result = cli("score", "--activities", jsonl([evil]), *AS_OF)
    assert "jane@acme.com" in result.output
    assert "[bold]evil" in result.output
    assert "\x1b" not in result.output


def test_a_broken_model_is_told_by_line(cli, jsonl, tmp_path) -> None:
    """The same words as `validate`."""
    model = tmp_path / "model.yaml"
    model.write_text("model: [")
    result = cli("score", "--activities", jsonl(HISTORY), "--model", model)
    assert result.exit_code == 1
    assert f"{model}:1: YAML" in result.output
