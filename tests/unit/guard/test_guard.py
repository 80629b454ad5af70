"""Bursts as they are seen in the field: what a machine did is set aside, what a person did counts."""

from datetime import UTC, datetime, timedelta

import pytest

from leadlight.activity import Fact, Identity, Kind
from leadlight.model.document import read_documents
from leadlight.state import Change, Fold, apply, by_day

CATALOGUE = read_documents().catalogue
DELIVERED = datetime(2026, 11, 20, 9, 15, 2, tzinfo=UTC)
BROWSER = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


def done(activity_type: str, seconds: float, *, name: str = "", **values: str) -> Fact:
    """An activity so many seconds after the delivery of message `m`."""
    return Fact(
        lead_id="ld_ada",
        kind=Kind.VERDICT if activity_type.startswith("judged_") else Kind.ACTIVITY,
        type=activity_type,
        source="mail",
        source_id=name or f"{activity_type}-{seconds}-{sorted(values.items())}",
        occurred_at=DELIVERED + timedelta(seconds=seconds),
        identities=(Identity("email", "ada@example.com"),),
        values=values,
    )


def clicks(count: int, *, within: float, start: float = 2) -> list[Fact]:
    """So many links of message `m` clicked, evenly within some seconds."""
    return [
        done(
            "email_link_clicked",
            start + within * n / max(count - 1, 1),
            message_id="m",
            link_url=f"https://a.example/{n}",
        )
        for n in range(count)
    ]


def brought(*facts: Fact, one_by_one: bool = False) -> tuple[Fold, list[int]]:
    """The fold, and the days that were read again on the way."""
    fold, read, came = Fold(), [], []

    def facts_on(day: int) -> list[Fact]:
        read.append(day)
        return by_day(came)(day)

    def facts_of(kind: Kind) -> list[Fact]:
        return [fact for fact in came if fact.kind is kind]

    batches = [[fact] for fact in facts] if one_by_one else [list(facts)]
    for batch in batches:
        came += batch
        apply(
            fold,
            map(Change, batch),
            signals_of=CATALOGUE.signals_of,
            facts_on=facts_on,
            facts_of=facts_of,
            guard=CATALOGUE.guard,
        )
    return fold, read


def counted(fold: Fold, signal: str) -> int:
    return sum(fold.signals.get(signal, {}).values())


def noted(fold: Fold) -> dict[str, int]:
    return {name: count for notes in fold.notes.values() for name, count in notes.items()}


@pytest.mark.parametrize("one_by_one", [True, False])
def test_a_mailbox_scanner_that_clicks_twelve_links_in_three_seconds_counts_nothing(one_by_one: bool) -> None:  # noqa: FBT001
    """Whether they come together or one after the other: also those that were counted before it showed."""
    fold, _ = brought(*clicks(12, within=3), one_by_one=one_by_one)
    assert counted(fold, "email_clicked") == 0
    assert noted(fold) == {"scanner:m": 12}


def test_a_person_who_clicks_two_links_in_twenty_seconds_is_one() -> None:
    """And nothing is read again for them."""
    fold, read = brought(*clicks(2, within=20), one_by_one=True)
    assert counted(fold, "email_clicked") == 2
    assert not read


def test_impatience_is_human() -> None:
    """Five clicks on one link that does not open are no scan of a message's links."""
    again = [
        done("email_link_clicked", n, name=f"c{n}", message_id="m", link_url="https://a.example/1") for n in range(5)
    ]
    fold, _ = brought(*again)
    assert counted(fold, "email_clicked") == 5


def test_clicks_that_name_no_message_are_no_scan() -> None:
    """Nobody can tell which links they are of."""
    fold, read = brought(*(done("email_clicked", n / 10, name=f"c{n}") for n in range(12)), one_by_one=True)
    assert counted(fold, "email_clicked") == 12
    assert not read


def test_a_click_the_day_after_a_scan_counts() -> None:
    """So does one of the same day, once the burst is over: a verdict is about the burst, not about the message."""
    later = done("email_link_clicked", 4 * 3600, message_id="m", link_url="https://a.example/3")
    next_day = done("email_link_clicked", 26 * 3600, message_id="m", link_url="https://a.example/3")
    fold, _ = brought(*clicks(12, within=3), later, next_day)
    assert counted(fold, "email_clicked") == 2
    assert noted(fold) == {"scanner:m": 12}


def test_an_open_at_the_moment_of_delivery_is_the_mail_programs() -> None:
    """As Apple's mail privacy does; the person's own open, minutes later, counts. So it is if the delivery comes last."""
    delivered, machine = done("email_delivered", 0, email_id="m"), done("email_opened", 0.4, email_id="m")
    person = done("email_opened", 300, email_id="m")
    for order in ((delivered, machine, person), (person, machine, delivered)):
        fold, _ = brought(*order, one_by_one=True)
        assert counted(fold, "email_opened") == 1
        assert noted(fold) == {"machine:m": 1, "delivered": 1}


def test_a_rate_that_no_person_reaches_counts_nothing() -> None:
    """None of that minute: it is read once, when it shows. The minute after is judged by itself."""
    burst = [done("feature_used", 58 + n * 0.5, feature="search") for n in range(80)]  # from second 0 of a minute
    after = done("feature_used", 125, feature="search")
    fold, read = brought(*burst, after, one_by_one=True)
    assert counted(fold, "feature_used") == 1
    assert noted(fold) == {"rate": 80}
    assert len(read) == 1


def test_sixty_in_a_minute_are_a_busy_person() -> None:
    """The threshold itself is still human, and costs no read."""
    fold, read = brought(*(done("feature_used", 58 + n * 0.5, feature="search") for n in range(60)), one_by_one=True)
    assert counted(fold, "feature_used") == 60
    assert not read


@pytest.mark.parametrize(
    ("activity_type", "user_agent", "counts"),
    [
        ("page_viewed", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", 0),
        ("page_viewed", "facebookexternalhit/1.1", 0),
        ("page_viewed", "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0.0.0 Safari/537.36", 0),
        ("page_viewed", BROWSER, 1),
        ("page_viewed", "Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) AppleWebKit/537.36", 1),  # a telephone
        (
            "email_opened",
            "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
            1,
        ),
        ("feature_used", "python-requests/2.32", 1),  # a customer's program uses the product
    ],
)
def test_known_crawlers_are_no_visitors(activity_type: str, user_agent: str, counts: int) -> None:
    """By the user agent of visits, opens and clicks."""
    fold, read = brought(done(activity_type, 60, path="/", feature="search", user_agent=user_agent))
    assert sum(map(sum, (days.values() for days in fold.signals.values()))) >= counts
    assert bool(fold.signals) == bool(counts)
    assert not read


@pytest.mark.parametrize("last", [True, False])
def test_what_a_person_says_wins_over_the_guard(last: bool) -> None:  # noqa: FBT001
    """Before or after the activities; the latest saying of all holds."""
    burst = clicks(12, within=3)
    human = done("judged_human", 600, about="message:m")
    fold, _ = brought(*([*burst, human] if last else [human, *burst]), one_by_one=True)
    assert counted(fold, "email_clicked") == 12
    bot = done("judged_bot", 900, about="day:2026-11-20")
    fold, _ = brought(*([*burst, human, bot] if last else [bot, human, *burst]), one_by_one=True)
    assert counted(fold, "email_clicked") == 0
    assert noted(fold) == {"bot:m": 12}


def test_imported_history_is_not_judged_by_its_times() -> None:
    """A file that knows the day alone has all of it at midnight."""
    rows = [
        Fact(**{**{name: getattr(fact, name) for name in Fact.__slots__}, "source": "import:mail"})
        for fact in clicks(90, within=0)
    ]
    fold, read = brought(*{fact.source_id: fact for fact in rows}.values())
    assert counted(fold, "email_clicked") == 90
    assert not read


def test_a_day_names_a_bounded_number_of_messages() -> None:
    """The first eight in text order; the others are counted without a name, in any order of arrival."""
    bursts = [
        done("email_link_clicked", 60 * message + n, message_id=f"m{message:02}", link_url=f"https://a.example/{n}")
        for message in range(12)
        for n in range(4)
    ]
    fold, _ = brought(*bursts)
    assert noted(fold) == {**{f"scanner:m{n:02}": 4 for n in range(8)}, "more": 16}
