"""The signal catalogue as people write it."""

from typing import Annotated

from pydantic import Field

from leadlight.guard import Guard
from leadlight.model.document.conditions import PropertyConditionPart
from leadlight.model.document.crawlers import crawler_words
from leadlight.model.document.values import Count, Name, Part, Text, key
from leadlight.model.structs import MOST_COUNT
from leadlight.signals import Catalogue, SignalRule

Seconds = Annotated[int, Field(ge=1, le=60)]


class SignalPart(Part):
    """An activity of this type, whose properties meet every condition, is this signal."""

    signal: Name = key("The signal's name; several activities may give one signal.", example="pricing_page_viewed")
    activity: Name = key("The activity type that it reads.", example="page_viewed")
    when: dict[Text, PropertyConditionPart] = key(
        "Tests on the activity's properties, by name.",
        example={"path": {"starts_with": "/pricing"}},
        default_factory=dict,
    )
    label: str = key("What people read.", example="viewed the pricing page", default="")


class GuardPart(Part):
    """The bot guard: activities that no person does are set aside before they count, and shown with the lead.

    An activity is about the message that its property `message_id` or `email_id` names. What a person says by
    `leadlight human` or `leadlight bot` wins over the guard, and holds where it is switched off.
    """

    enabled: bool = key("false: nothing is set aside but what a person says.", example=False, default=True)
    clicks: list[Name] = key(
        "Activity types that are clicks in a message.",
        example=["email_clicked"],
        default=["email_clicked", "email_link_clicked"],
    )
    opens: list[Name] = key(
        "Activity types that are opens of a message.", example=["email_opened"], default=["email_opened"]
    )
    deliveries: list[Name] = key(
        "Activity types that are deliveries of a message; they need no signal.",
        example=["email_delivered"],
        default=["email_delivered"],
    )
    pages: list[Name] = key(
        "Activity types of visitors: of these, and of opens and clicks, the user agent is asked for crawlers.",
        example=["page_viewed"],
        default=["page_viewed", "pricing_page_viewed", "content_downloaded"],
    )
    scan_clicks: Annotated[int, Field(ge=2, le=MOST_COUNT)] = key(
        "So many links of one message clicked within scan_seconds: a link scanner.", example=5, default=4
    )
    scan_seconds: Seconds = key("The seconds of a scan.", example=5, default=10)
    machine_seconds: Seconds = key(
        "Opens and clicks so soon after the message's delivery are a machine's, as Apple's mail privacy does.",
        example=2,
        default=1,
    )
    per_minute: Count = key(
        "More activities of a lead in one minute of the clock: none of that minute counts.", example=120, default=60
    )
    crawlers: list[Text] = key(
        "Words of user agents that no person has, beside those that ship with Leadlight.",
        example=["our-uptime-probe"],
        default_factory=list,
    )

    def published(self) -> Guard:
        """The rules as the fold reads them."""
        words = tuple(sorted({word.lower() for word in (*crawler_words(), *self.crawlers)}))
        return Guard(
            enabled=self.enabled,
            clicks=tuple(self.clicks),
            opens=tuple(self.opens),
            deliveries=tuple(self.deliveries),
            pages=tuple(self.pages),
            scan_clicks=self.scan_clicks,
            scan_seconds=self.scan_seconds,
            machine_seconds=self.machine_seconds,
            per_minute=self.per_minute,
            crawlers=words,
        )


class CataloguePart(Part):
    """The signal catalogue: what each activity means for scoring. One serves every model of the stack."""

    version: Count = key("Raise it with every change.", example=2)
    signals: list[SignalPart] = key(
        "The rules; an activity may give several signals.",
        example=[{"signal": "email_clicked", "activity": "email_clicked"}],
        min_length=1,
    )
    guard: GuardPart = key("What the bot guard goes by.", example={"per_minute": 120}, default_factory=GuardPart)

    def published(self) -> Catalogue:
        """The catalogue as the engine reads it."""
        rules = (
            SignalRule(
                signal=rule.signal,
                activity=rule.activity,
                when={name: condition.published() for name, condition in rule.when.items()},
                label=rule.label,
            )
            for rule in self.signals
        )
        return Catalogue(version=self.version, signals=tuple(rules), guard=self.guard.published())
