"""Broken models: each says its file, its line, its field, what was found, and what may stand there."""

from pathlib import Path

import pytest

from leadlight.model.document import DEFAULT_MODEL, InvalidDocument, read_catalogue, read_model

CATALOGUE = read_catalogue()

# What stands in the default model; what is written instead; how many lines below it that shows; what is said.
BROKEN = [
    (
        "half_life: 14d}, cap: 30}",
        "halflife: 14d}, cap: 30}",
        0,
        "signals.pricing_page.decay.halflife: unknown key; did you mean half_life?",
    ),
    (
        "title: B2B SaaS, sales-assisted",
        "titel: B2B SaaS, sales-assisted",
        0,
        "titel: unknown key; did you mean title?",
    ),
    (
        "grades: {A: 75",
        "scale: {x: 1}\ngrades: {A: 75",
        0,
        "scale: unknown key; allowed: model, version, title, audience, free_mail_domains, suppress, categories, weights, buying_stages, grades, fit, signals, unscored, lifecycle, segments, campaigns, accounts, announce_change, engaged_within",
    ),
    ("title: B2B SaaS, sales-assisted\n", "", -4, "title: is required, such as title: 'B2B SaaS, sales-assisted'"),
    (
        "model: b2b-saas",
        "model: B2B SaaS",
        0,
        "model: write a name of lower-case letters, digits, _ and -, found 'B2B SaaS'; did you mean b2b_saas?",
    ),
    (
        "limit: {count: 2, per: 1d}, decay: {half_life: 14d}, cap: 30}",
        "limit: {count: 2}, decay: {half_life: 14d}, cap: 30}",
        0,
        "signals.pricing_page.limit.per: is required, such as per: 1d",
    ),
    (
        "trait: industry, when: {any_of:",
        "trait: industry, when: {one_of:",
        0,
        "fit.core_industry.when.one_of: unknown key; did you mean none_of?",
    ),
    ("version: 1", "version: one", 0, "version: write a whole number, found 'one'"),
    ("version: 1", "version: 0", 0, "version: write a number of 1 or more, found 0"),
    (
        "grades: {A: 75, B: 50, C: 25}",
        "grades: [75, 50, 25]",
        0,
        "grades: write keys and values such as {A: 75, B: 50, C: 25}, found a list",
    ),
    (
        "from: [mql], score: 60",
        "from: mql, score: 60",
        0,
        "lifecycle.sql.from: write a list such as [lead, recycled], found 'mql'",
    ),
    (
        "decay: {linear: 30d}, cap: 10}",
        "decay: 30d, cap: 10}",
        0,
        "signals.site_visits.decay: write keys and values such as {half_life: 14d}, found '30d'",
    ),
    ("title: B2B SaaS, sales-assisted", "title: 2026", 0, "title: write text, found 2026"),
    ("points: 35}", "points: lots}", 0, "fit.size_sweet_spot.points: write a number of points, found 'lots'"),
    (
        "points: 35}",
        "points: 35.00001}",
        0,
        "fit.size_sweet_spot.points: points have at most three decimals, found 35.00001",
    ),
    ("fit: {cap: 100}", "fit: {cap: 0}", 0, "categories.fit.cap: a cap is greater than 0 points, found 0"),
    (
        "window: 90d, decay: {half_life: 30d}, cap: 28",
        "window: 900d, decay: {half_life: 30d}, cap: 28",
        0,
        "signals.webinar_attended.window: write 1d to 365d, found 900d",
    ),
    (
        "window: 90d, decay: {half_life: 30d}, cap: 28",
        "window: 3 months, decay: {half_life: 30d}, cap: 28",
        0,
        "signals.webinar_attended.window: write whole days such as 30d, found '3 months'",
    ),
    (
        "decay: {linear: 30d}, cap: 10}",
        "decay: {linear: 0d}, cap: 10}",
        0,
        "signals.site_visits.decay.linear: write 1d to 365d, found 0d",
    ),
    (
        "hand_off: {due: 24h}",
        "hand_off: {due: soon}",
        0,
        "lifecycle.sql.hand_off.due: write whole hours or days such as 24h or 2d, found 'soon'",
    ),
    ("grades: {A: 75", "grades: {A: 175", 0, "grades.A: write a whole number from 0 to 100, found 175"),
    ("announce_change: 10", "announce_change: 0", 0, "announce_change: write a number of 1 or more, found 0"),
    (
        "accounts: {score: max}",
        "accounts: {score: average}",
        0,
        "accounts.score: write one of max, sum, found 'average'",
    ),
    (
        "accounts: {score: max}",
        "accounts: {score: max, next: 50}",
        0,
        "accounts: `next` is for `score: sum`; with max the best lead alone counts",
    ),
    (
        "accounts: {score: max}",
        "accounts: {score: sum, next: 101}",
        0,
        "accounts.next: write a whole number from 0 to 100, found 101",
    ),
    ("count: 1, per: 30d", "count: 0, per: 30d", 0, "signals.trial.limit.count: write a number of 1 or more, found 0"),
    (
        "points: {awareness: 40, consideration: 45, decision: 50}",
        "points: {awareness: 40, consideration: 45, decision: most}",
        0,
        "signals.demo.points.decision: write a number of points, found 'most'",
    ),
    (
        "points: {awareness: 40, consideration: 45, decision: 50}",
        "points: [40, 45, 50]",
        0,
        "signals.demo.points: write a number of points, found [40, 45, 50]; points may differ by buying stage: {awareness: 8, ...}",
    ),
    (
        "when: {at_least: 50, at_most: 1000}",
        "when: {at_least: fifty, at_most: 1000}",
        0,
        "fit.size_sweet_spot.when.at_least: write a number, found 'fifty'",
    ),
    (
        "awareness:     {fit: 40, engagement: 30, product_usage: 15, behavior: 15}",
        "awareness:     {fit: 0, engagement: 0, product_usage: 0, behavior: 0}",
        0,
        "weights.awareness: give at least one category a weight",
    ),
    (
        "category: behavior, signal: demo_requested",
        "category: behaviour, signal: demo_requested",
        0,
        "signals.demo.category: write one of engagement, product_usage, behavior, found 'behaviour'; did you mean behavior?",
    ),
    (
        "enter: sal,",
        "enter: sale,",
        0,
        "lifecycle.sale.enter: write one of lead, mql, sql, sal, opportunity, customer, disqualified, recycled, churned, found 'sale'; did you mean sal?",
    ),
    ("grade: C, dwell", "grade: E, dwell", 0, "lifecycle.mql.grade: write one of A, B, C, D, found 'E'"),
    (
        "country: [US, CA, GB, DE, FR, NL]",
        "country: [US, CA, GB, Germny]",
        0,
        "fit.core_country.when.country.3: write ISO codes such as DE or USA, or EU, EEA, DACH, BENELUX, NORDICS, found 'Germny'; did you mean DE (Germany)?",
    ),
    (
        "country: [US, CA, GB, DE, FR, NL]",
        "country: DE",
        0,
        "fit.core_country.when.country: write a list such as [DE, US], found 'DE'",
    ),
    (
        "when: {any_of: [director]}",
        "when: {any_of: [head]}",
        0,
        "fit.leader.when.any_of.0: seniority is one of executive, vp, director, manager, individual, student, found 'head'",
    ),
    (
        "when: {any_of: [manager]}",
        "when: {any_of: [managr]}",
        0,
        "fit.manager.when.any_of.0: seniority is one of executive, vp, director, manager, individual, student, found 'managr'; did you mean manager?",
    ),
    (
        "trait: email_domain, when: {free_mail: true}",
        "trait: email, when: {free_mail: true}",
        0,
        "fit.private_address.when.free_mail: is a test on the trait email_domain, found email",
    ),
    (
        "when: {free_mail: true}",
        "when: {free_mail: sometimes}",
        0,
        "fit.private_address.when.free_mail: write true or false, found 'sometimes'",
    ),
    (
        "when: {free_mail: true}",
        "when: {free_mail: true, any_of: [a.example]}",
        0,
        "fit.private_address.when: give one of any_of and free_mail: true: each says which values are meant",
    ),
    (
        "when: {free_mail: true}",
        "when: {}",
        0,
        "fit.private_address.when: give at least one test: at_least, at_most, any_of, none_of, matches, starts_with, ends_with, exists, country, free_mail",
    ),
    (
        "matches: '\\.(edu|ac\\.[a-z]+)$'",
        "matches: '\\.(edu|ac\\.[a-z]+$'",
        0,
        "fit.academic_address.when.matches: not a regular expression: missing ), unterminated subpattern at position 2",
    ),
    ("{any_of: [our-company.example]}", "{any_of: []}", 0, "suppress.employee.when.any_of: give at least one"),
    (
        "decay: {linear: 30d}, cap: 10}",
        "decay: {linear: 30d, step: 10d}, cap: 10}",
        0,
        "signals.site_visits.decay: give exactly one of half_life, linear, step",
    ),
    (
        "signal: webinar_attended, points",
        "signal: webinar_atended, points",
        0,
        "signals.webinar_attended.signal: webinar_atended is not in the signal catalogue; did you mean webinar_attended?",
    ),
    (
        "- {signal: teammate_invited, at_least: 1, within: 30d}",
        "- {signal: colleague_called, at_least: 1, within: 30d}",
        0,
        "buying_stages.decision.colleague_called.signal: colleague_called is not in the signal catalogue; it has careers_page_viewed, competitor_comparison_viewed, content_downloaded, demo_requested, email_bounced, email_clicked, email_opened, email_replied, feature_used, key_feature_used, pricing_page_viewed, site_visited, social_engaged, spam_complained, teammate_invited, trial_started, unsubscribed, webinar_attended, webinar_registered",
    ),
    (
        "id: comparison",
        "id: pricing_page",
        0,
        "signals.1.id: pricing_page is taken; every criterion needs an id of its own",
    ),
    (
        "id: student",
        "id: executive",
        0,
        "suppress.executive.id: executive is taken; every criterion needs an id of its own",
    ),
    (
        "points: 35}",
        "points: 1e15}",
        0,
        "fit.size_sweet_spot.points: write points from -10000 to 10000, found 1000000000000000.0",
    ),
    (
        "decay: {linear: 30d}, cap: 10}",
        "decay: {linear: 30d}, cap: 1e12}",
        0,
        "signals.site_visits.cap: a cap is at most 1000000 points, found 1000000000000.0",
    ),
    (
        "matches: '\\.(edu|ac\\.[a-z]+)$'",
        "matches: 'a{99999999999}'",
        0,
        "fit.academic_address.when.matches: not a regular expression: the repetition number is too large",
    ),
    (
        "segment: nearly-ready",
        "segment: almost-ready",
        0,
        "campaigns.close-the-gap.segment: almost-ready is no segment; did you mean nearly-ready?",
    ),
    (
        "falls_below: 30, falls_to: lead",
        "falls_below: 50, falls_to: lead",
        0,
        "lifecycle.mql.falls_below: must be under score 45, found 50",
    ),
    (
        "from: [mql], score: 60",
        "from: [customer], score: 60",
        0,
        "lifecycle.sql.from: a lead can't go from customer to sql; sql is entered from lead, mql, sal, recycled",
    ),
    (
        "falls_to: mql",
        "falls_to: churned",
        0,
        "lifecycle.sql.falls_to: a lead can't fall from sql to churned; it may go to customer, disqualified, lead, mql, opportunity, recycled, sal",
    ),
    (
        "on: accepted",
        "on: accepted, score: 70",
        0,
        "lifecycle.sal: give either `score`, or `on: accepted` or `on: rejected`",
    ),
    ("grades: {A: 75", "grades: {A: 45", 0, "grades: grades must fall from A to C, found 45, 50, 25"),
    (
        "grades: {A: 75, B: 50, C: 25}",
        "grades: {A: 75, B: 50, C: 25}\ngrades: {A: 70, B: 50, C: 25}",
        1,
        "YAML: grades is given twice; keep one",
    ),
]


@pytest.mark.parametrize(("old", "new", "below", "message"), BROKEN)
def test_a_broken_model_gives_exactly_this_message(tmp_path: Path, old: str, new: str, below: int, message: str):
    """One mistake, one line."""
    text = DEFAULT_MODEL.read_text()
    assert old in text, "the default model has moved on: break something that it says"
    path = tmp_path / "model.yaml"
    path.write_text(text.replace(old, new, 1))
    line = text[: text.index(old)].count("\n") + 1 + below
    with pytest.raises(InvalidDocument) as found:
        read_model(path, catalogue=CATALOGUE)
    assert found.value.problems == [f"{path}:{line}: {message}"]


def test_there_are_enough_of_them():
    """Forty ways to break a model, at the least."""
    assert len({(old, new) for old, new, _, _ in BROKEN}) >= 40


def test_every_mistake_of_a_file_is_told_at_once_in_the_order_of_its_lines(tmp_path: Path):
    """Nobody mends a file one message at a time."""
    path = tmp_path / "model.yaml"
    text = DEFAULT_MODEL.read_text().replace("version: 1", "version: 0").replace("announce_change: 10", "announce: 10")
    path.write_text(text.replace("points: 35}", "points: lots}"))
    with pytest.raises(InvalidDocument) as found:
        read_model(path, catalogue=CATALOGUE)
    fields = [problem.split(": ")[1] for problem in found.value.problems]
    assert fields == ["version", "fit.size_sweet_spot.points", "announce"]
