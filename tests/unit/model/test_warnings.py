"""Warnings: what is allowed and yet never has an effect, with the arithmetic."""

from pathlib import Path

import pytest

from leadlight.model.document import DEFAULT_CATALOGUE, DEFAULT_MODEL, review

DECISION = """  decision:
    - {signal: demo_requested, at_least: 1, within: 30d}
    - {signal: pricing_page_viewed, at_least: 3, within: 14d}
    - {signal: teammate_invited, at_least: 1, within: 30d}
"""
BOUGHT = "(company_size 35 + seniority 30 + industry 20 + country 15)"

# What is written instead of what the default model says; the warnings, with the lines below the first change.
DOUBTFUL = [
    # thresholds that caps and weights put out of reach
    (
        {"score: 60, falls_below": "score: 92, falls_below", "engagement: {cap: 60}": "engagement: {cap: 200}"},
        [
            "lifecycle.sql.score: 92 is out of reach in awareness: caps and weights let at most 87.4 through (fit 40 of 40 + engagement 17.4 of 30 + product_usage 15 of 15 + behavior 15 of 15)",
            "lifecycle.sql.score: 92 is out of reach in consideration: caps and weights let at most 89.5 through (fit 35 of 35 + engagement 14.5 of 25 + product_usage 20 of 20 + behavior 20 of 20)",
        ],
    ),
    (
        {"grades: {A: 75, B: 50": "grades: {A: 75, B: 74", "fit: {cap: 100}": "fit: {cap: 137}"},
        [
            f"grades.A: no lead gets A: 75 % of the fit cap 137 is 102.75 points, and the criteria give at most 100 {BOUGHT}",
            f"grades.B: no lead gets B: 74 % of the fit cap 137 is 101.38 points, and the criteria give at most 100 {BOUGHT}",
            "lifecycle.sql.grade: no lead gets B, so none enters sql",
        ],
    ),
    # criteria that can never fire
    (
        {"{at_least: 50, at_most: 1000}": "{at_least: 1000, at_most: 50}"},
        ["fit.size_sweet_spot.when: never holds: no number is at least 1000 and at most 50"],
    ),
    (
        {"{any_of: [our-company.example]}": "{any_of: [our-company.example], starts_with: us}"},
        ["suppress.employee.when: never holds: no value of its set (our-company.example) meets the other tests"],
    ),
    (
        {"{at_least: 1001}": "{exists: false, at_least: 1001}"},
        ["fit.size_enterprise.when: never holds: what is absent is never tested by at_least"],
    ),
    (
        {"trait: industry": "trait: industri"},
        ["fit.core_industry.trait: industri is not a trait that Leadlight reads by itself; did you mean industry?"],
    ),
    (
        {"trait: country, when": "trait: address.country, when"},
        ["fit.core_country.trait: never holds: address.country is stored as country; write country"],
    ),
    ({"{at_least: 1001}, points: 25": "{at_least: 1001}, points: 0"}, ["fit.size_enterprise.points: 0 points: it never gives anything"]),
    ({"social_engaged, points: 3": "social_engaged, points: 0"}, ["signals.social.points: 0 points: it never gives anything"]),
    (
        {"decay: {step: 60d}": "window: 30d, decay: {step: 60d}"},
        ["signals.webinar_registered.decay: step: 60d does nothing: the window of 30d ends no later"],
    ),
    ({DECISION: ""}, ["buying_stages: no condition leads to decision: its weights and points are never used"]),
    (
        {"announce_change: 10": "announce_change: 10\naudience: {industry: {any_of: [a], none_of: [A]}}"},
        [
            "audience: the last model is for everybody else: take its audience away, or give a model without one last",
            "audience.industry: never holds: no value of its set (a) meets the other tests",
        ],
    ),
    # bands that overlap
    (
        {"when: {at_least: 1001}": "when: {at_least: 1000}"},
        ["fit.size_enterprise.when: 1000 or more overlaps size_sweet_spot (50 to 1000): 1000 gets both, 35 + 25 = 60 points"],
    ),
    (
        {"when: {at_least: 10, at_most: 49}, points: 15": "when: {at_most: 60}, points: -15"},
        ["fit.size_small.when: 60 or less overlaps size_sweet_spot (50 to 1000): 50 to 60 gets both, 35 - 15 = 20 points"],
    ),
    # points that no cap lets through, caps that no points reach
    ({"teammate_invited, points: 10": "teammate_invited, points: 40"}, ["signals.teammates.points: 40 points, but its cap of 30 lets 30 through"]),
    (
        {"consideration: 45, decision: 50}": "consideration: 45, decision: 55}"},
        ["signals.demo.points: 55 points in decision, but its cap of 50 lets 50 through"],
    ),
    ({"cap: 50}": "cap: 70}"}, ["signals.demo.cap: 70 is more than the behavior cap of 60 lets through"]),
    (
        {"teammate_invited, points: 10, window: 60d, cap: 30": "teammate_invited, points: 70, window: 60d"},
        ["signals.teammates.points: 70 points, but the product_usage cap of 60 lets 60 through"],
    ),
    ({"{free_mail: true}, points: -10": "{free_mail: false}, points: 120"}, ["fit.private_address.points: 120 points, but the fit cap of 100 lets 100 through"]),
    (
        {"limit: {count: 1, per: 30d}, decay: {half_life: 30d}, cap: 25": "limit: {count: 1, per: 60d}, cap: 60"},
        ["signals.trial.cap: 60 can't be reached: 1 per 60d lets at most 2 count in 60d, and 2 x 25 = 50 points"],
    ),
    (
        {"window: 30d, limit: {count: 1, per: 7d}, cap: 20": "window: 7d, limit: {count: 1, per: 7d}, cap: 30"},
        ["signals.careers.cap: 30 can't be reached: 1 per 7d lets at most 2 count in 7d, and 2 x 10 = 20 points"],
    ),
    (
        {"limit: {count: 2, per: 1d}, decay: {half_life: 10d}, cap: 9": "limit: {count: 1, per: 7d}, decay: {half_life: 10d}, cap: 12"},
        ["signals.social.cap: 12 can't be reached: 1 per 7d lets at most 6 count in 30d, and 6 x 3, less decay, = 9.637 points"],
    ),
    # signals
    (
        {"announce_change: 10": "unscored: [email_clicked]\nannounce_change: 10"},
        ["unscored.0: email_clicked is read by this model: take it from this list"],
    ),
]  # fmt: skip


def said(path: Path, catalogue: Path = DEFAULT_CATALOGUE) -> list[str]:
    found = review([path], catalogue)
    assert found.errors == []
    return [f"{warning.field}: {warning.text}" for warning in found.warnings]


def changed(tmp_path: Path, changes: dict[str, str], source: Path = DEFAULT_MODEL) -> Path:
    text = source.read_text()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / f"{source.parent.name}.yaml"
    path.write_text(text)
    return path


def test_what_ships_gives_no_warning():
    """Nothing to explain away on the first day."""
    assert said(DEFAULT_MODEL) == []


@pytest.mark.parametrize(("changes", "messages"), DOUBTFUL)
def test_a_doubtful_model_gives_exactly_these_warnings(tmp_path: Path, changes: dict[str, str], messages: list[str]):
    """And can be published all the same."""
    assert said(changed(tmp_path, changes)) == messages


def test_a_warning_names_its_line(tmp_path: Path):
    """file:line: warning: field: text."""
    path = changed(tmp_path, {"points: 35}": "points: 0}"})
    line = path.read_text()[: path.read_text().index("points: 0}")].count("\n") + 1
    wanted = f"{path}:{line}: warning: fit.size_sweet_spot.points: 0 points: it never gives anything"
    assert wanted in map(str, review([path], DEFAULT_CATALOGUE).warnings)


def test_a_category_that_nothing_gives_points_to_is_told_with_its_weights(tmp_path: Path):
    """That part of the score is always 0."""
    text = "\n".join(line for line in DEFAULT_MODEL.read_text().splitlines() if "category: product_usage" not in line)
    path = tmp_path / "model.yaml"
    path.write_text(text)
    wanted = "categories.product_usage: no criterion gives it points, and it weighs 15 in awareness, 20 in consideration, 25 in decision: that part of the score is always 0"
    assert wanted in said(path)


def test_a_rule_of_the_catalogue_that_reads_nothing_is_told_where_it_stands_and_where_it_is_used(tmp_path: Path):
    """The signal has no other rule."""
    old = "when: {feature: {any_of: [integration, api_key, report, teammate_invited]}}"
    catalogue = changed(tmp_path, {old: "when: {feature: {at_least: 3, at_most: 2}}"}, DEFAULT_CATALOGUE)
    assert set(said(DEFAULT_MODEL, catalogue)) == {
        "signals.key_features.signal: never fires: no rule of the catalogue can give key_feature_used",
        "signals.key_feature_used.when.feature: never holds: no number is at least 3 and at most 2",
    }


def test_a_signal_that_no_model_reads_is_told_unless_it_is_left_out_on_purpose(tmp_path: Path):
    """Once, in the catalogue."""
    extra = "version: 1\nsignals:\n  - {signal: danced, activity: danced}"
    catalogue = changed(tmp_path, {"version: 1\nsignals:": extra}, DEFAULT_CATALOGUE)
    told = "signals.danced.signal: no model reads danced; a model may leave it out on purpose: unscored: [danced]"
    assert said(DEFAULT_MODEL, catalogue) == [told]
    assert said(changed(tmp_path, {"announce_change: 10": "unscored: [danced]"}), catalogue) == []


def test_a_model_for_everybody_before_others_is_told(tmp_path: Path):
    """Nobody would have the later one as the primary model."""
    second = changed(tmp_path, {"model: b2b-saas": "model: second"})
    warnings = [str(each) for each in review([DEFAULT_MODEL, second], DEFAULT_CATALOGUE).warnings]
    assert len(warnings) == 1
    assert "model: b2b-saas is for everybody, as it has no audience" in warnings[0]
