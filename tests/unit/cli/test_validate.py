from leadlight.model.document import DEFAULT_MODEL


def test_the_model_that_ships_is_valid(cli) -> None:
    """OK, and what was found."""
    result = cli("validate", DEFAULT_MODEL)
    assert result.exit_code == 0
    assert result.output.startswith("OK b2b-saas@1: 10 fit criteria, 19 signal criteria, 4 suppressions")


def test_every_problem_is_printed_with_its_line_and_the_fix(cli, tmp_path) -> None:
    """Two mistakes, two lines, exit code 1."""
    path = tmp_path / "model.yaml"
    broken = DEFAULT_MODEL.read_text().replace("signal: pricing_page_viewed, points", "signal: pricing_viewed, points")
    path.write_text(broken.replace("- {enter: sal, from: [sql]", "- {enter: sal, from: [lead]"))
    result = cli("validate", path)
    assert result.exit_code == 1
    assert "2 problems" in result.output
    assert "pricing_viewed is not in the signal catalogue; did you mean pricing_page_viewed?" in result.output
    assert "a lead can't go from lead to sal" in result.output
    assert result.output.count(f"{path}:") == 2


def test_a_model_is_checked_against_the_catalogue_given(cli, tmp_path) -> None:
    """Signals that another catalogue lacks are problems."""
    catalogue = tmp_path / "signals.yaml"
    catalogue.write_text("version: 1\nsignals:\n  - {signal: email_clicked, activity: email_clicked}\n")
    assert (
        "demo_requested is not in the signal catalogue"
        in cli("validate", DEFAULT_MODEL, "--catalogue", catalogue).output
    )
