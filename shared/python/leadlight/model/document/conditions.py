"""Conditions as people write them: tests on a property of an activity, or on a trait of a lead."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator, model_validator

from leadlight.model.document.countries import known, names_of
from leadlight.model.document.free_mail import free_mail_domains
from leadlight.model.document.values import Part, Pattern, Text, Value, key
from leadlight.signals import Condition

Country = Annotated[str, BeforeValidator(known)]


class PropertyConditionPart(Part):
    """A test on one value. All that are given must hold; text is compared without regard to case."""

    at_least: float | None = key("The number is this or more.", example=50, default=None)
    at_most: float | None = key("The number is this or less.", example=1000, default=None)
    any_of: list[Value] | None = key("It is one of these.", example=["software", "fintech"], default=None, min_length=1)
    none_of: list[Value] | None = key("It is known, and none of these.", example=["agency"], default=None, min_length=1)
    matches: Pattern | None = key("This regular expression is found in it.", example=r"\bdata\b", default=None)
    starts_with: Text | None = key("The text starts with this.", example="/pricing", default=None)
    ends_with: Text | None = key("The text ends with this.", example=".edu", default=None)
    exists: bool | None = key("true: it is known. false: it is absent.", example=True, default=None)

    @model_validator(mode="after")
    def _some(self) -> "PropertyConditionPart":
        if not self.model_dump(exclude_none=True):
            raise ValueError(f"give at least one test: {', '.join(type(self).model_fields)}")
        return self

    def published(self) -> Condition:
        """The condition as the engine reads it."""
        return Condition(
            matches=self.matches,
            any_of=_tuple(self.any_of),
            at_least=self.at_least,
            at_most=self.at_most,
            exists=self.exists,
            none_of=_tuple(self.none_of),
            starts_with=self.starts_with,
            ends_with=self.ends_with,
        )


class TraitConditionPart(PropertyConditionPart):
    """A test on a trait. All that are given must hold; text is compared without regard to case."""

    country: list[Country] | None = key(
        "It names one of these countries, in any spelling: ISO codes, or EU, EEA, DACH, BENELUX, NORDICS.",
        example=["DE", "US"],
        default=None,
        min_length=1,
    )
    free_mail: bool | None = key(
        "On `email_domain`. true: anybody can have such an address. false: it is another, so likely a company's.",
        example=False,
        default=None,
    )

    @model_validator(mode="after")
    def _one_set(self) -> "TraitConditionPart":
        sets = [
            name
            for name, given in (("any_of", self.any_of), ("country", self.country), ("free_mail: true", self.free_mail))
            if given
        ]
        if len(sets) > 1:
            raise ValueError(f"give one of {' and '.join(sets)}: each says which values are meant")
        return self

    def on_trait(self, free_mail: Sequence[str]) -> Condition:
        """The condition as the engine reads it; `free_mail` are the domains that a team adds to ours."""
        condition = self.published()
        values: dict[str, tuple[str | int | float | bool, ...]] = {}
        domains = tuple(dict.fromkeys((*free_mail_domains(), *free_mail)))
        if self.country:
            values["any_of"] = names_of(self.country)
        if self.free_mail is True:
            values["any_of"] = domains
        if self.free_mail is False:
            values["none_of"] = (*(self.none_of or ()), *domains)
        return Condition(**{name: values.get(name, getattr(condition, name)) for name in condition.__struct_fields__})


def _tuple(values: Sequence[Value] | None) -> tuple[Value, ...] | None:
    return None if values is None else tuple(values)
