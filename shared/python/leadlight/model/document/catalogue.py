"""The signal catalogue as people write it."""

from leadlight.model.document.conditions import PropertyConditionPart
from leadlight.model.document.values import Count, Name, Part, Text, key
from leadlight.signals import Catalogue, SignalRule


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


class CataloguePart(Part):
    """The signal catalogue: what each activity means for scoring. One serves every model of the stack."""

    version: Count = key("Raise it with every change.", example=2)
    signals: list[SignalPart] = key(
        "The rules; an activity may give several signals.",
        example=[{"signal": "email_clicked", "activity": "email_clicked"}],
        min_length=1,
    )

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
        return Catalogue(version=self.version, signals=tuple(rules))
