"""The rules of the guard are data: with safe defaults, and a way to switch it off."""

from pathlib import Path

import pytest

from leadlight.guard.rules import lean
from leadlight.model.document import InvalidDocument, read_catalogue
from tests.unit.builders import activity

SIGNALS = "version: 2\nsignals: [{signal: email_clicked, activity: email_clicked}]\n"


def catalogue(folder: Path, guard: str = ""):
    path = folder / "signals.yaml"
    path.write_text(SIGNALS + guard)
    return read_catalogue(path)


def test_a_catalogue_that_says_nothing_has_the_guard(tmp_path: Path) -> None:
    """With thresholds that no person reaches; deliveries need no signal."""
    found = catalogue(tmp_path)
    assert found.guard.enabled
    assert (found.guard.scan_clicks, found.guard.scan_seconds, found.guard.per_minute) == (4, 10, 60)
    assert found.knows("email_delivered")
    assert found.signals_of("email_delivered", {}) == ()


def test_the_guard_can_be_switched_off(tmp_path: Path) -> None:
    """Then it watches nothing, and asks no user agent."""
    found = catalogue(tmp_path, "guard: {enabled: false}\n")
    assert not found.guard.watched
    assert not found.guard.crawler("page_viewed", "Googlebot/2.1")
    assert not found.knows("email_delivered")


def test_a_team_names_its_own_crawlers(tmp_path: Path) -> None:
    """Beside those that ship."""
    guard = catalogue(tmp_path, "guard: {crawlers: [Our-Probe]}\n").guard
    assert guard.crawler("page_viewed", "our-probe/3") == "our-probe"
    assert guard.crawler("page_viewed", "Googlebot/2.1") == "googlebot"


@pytest.mark.parametrize(
    ("guard", "message"),
    [
        ("guard: {scan_clicks: 1}", "scan_clicks"),
        ("guard: {scan_seconds: 100}", "scan_seconds"),
        ("guard: {per_minut: 9}", "per_minute"),
    ],
)
def test_what_can_not_be_is_said(tmp_path: Path, guard: str, message: str) -> None:
    """With the name of the key."""
    with pytest.raises(InvalidDocument, match=message):
        catalogue(tmp_path, f"{guard}\n")


def test_a_fact_keeps_a_crawlers_word_and_no_user_agent(tmp_path: Path) -> None:
    """A person's user agent is nobody's business, and would cost a write unit."""
    guard = catalogue(tmp_path).guard
    crawled = activity("page_viewed", user_agent="Mozilla/5.0 (compatible; bingbot/2.0)", properties={"path": "/"})
    assert lean(crawled, guard).properties == {"path": "/", "crawler": "bingbot"}
    assert lean(activity("page_viewed", user_agent="Mozilla/5.0 Firefox/140.0"), guard).properties == {}
