"""Reading a vendor's JSON: every error names the field, what was found, and the fix."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from leadlight.activity.activity import Scalar
from leadlight.problems import MalformedEvent, NotJson
from leadlight.signals.catalogue import as_number

MAX_FIELDS = 64
MAX_TEXT = 512
MAX_AMOUNT = 10**12
_MOST = 2**63
_WORDS = re.compile(r"[^a-z0-9]+")


def json_body(body: bytes) -> Any:
    """The body as JSON.

    Raises:
        NotJson: it is not.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotJson(f"send valid JSON in UTF-8: {error}", field="body") from error
    except RecursionError as error:
        raise NotJson("the body is nested too deep; send flat properties", field="body") from error


def mapping(value: Any, field: str) -> Mapping[str, Any]:
    """The value where it is an object; an absent one is empty.

    Raises:
        MalformedEvent: it is something else.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise MalformedEvent(f"{field} must be an object, found {kind_of(value)}", field=field)
    return value


def text(value: Any, field: str) -> str:
    """A non-empty string, or a number as one (tools send ids both ways).

    Raises:
        MalformedEvent: it is something else.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise MalformedEvent(f"{field} must be a non-empty string, found {kind_of(value)}", field=field)
    if len(value) > MAX_TEXT:
        raise MalformedEvent(f"{field} has {len(value)} characters; the limit is {MAX_TEXT}", field=field)
    return value.strip()


def optional_text(value: Any, field: str) -> str | None:
    """Like `text`, and None where the value is absent or empty."""
    return None if value is None or value == "" else text(value, field)


def moment(value: Any, field: str) -> datetime | None:
    """An RFC 3339 time as UTC to the millisecond, or None where the value is absent.

    Raises:
        MalformedEvent: it is no such time, or lies before 1970.
    """
    if value is None:
        return None
    fix = f"{field} must be an RFC 3339 time such as 2026-11-21T19:24:00Z, found {value!r}"
    if not isinstance(value, str):
        raise MalformedEvent(fix, field=field)
    try:
        found = datetime.fromisoformat(value)
        utc = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise MalformedEvent(fix, field=field) from error
    if utc.year < 1970:  # noqa: PLR2004 - the epoch
        raise MalformedEvent(f"{field} lies before 1970: {value}", field=field)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def amount(value: Any, field: str) -> float:
    """An amount of money, from a number or a text that is one.

    Raises:
        MalformedEvent: it is none, or is beyond 10^12.
    """
    found = as_number(value) if isinstance(value, str | int | float) else None
    if found is None or abs(found) > MAX_AMOUNT:
        raise MalformedEvent(
            f"amount must be a number of at most {MAX_AMOUNT}, such as 1250.50 or 1,250.50, found {value!r}; for a "
            "column of 1.250,50 write {column: ..., decimal: comma} in the mapping of an import",
            field=field,
        )
    return found


def scalars(values: Mapping[str, Any], field: str) -> dict[str, Scalar]:
    """The plain values of an object, nested ones under dotted names, in the order of their names.

    Lists of plain values become one text joined by commas. Nulls are left out.

    Raises:
        MalformedEvent: there are more than 64 of them, or a whole number is beyond 64 bits.
    """
    try:
        found = dict(sorted(_flat(values, "")))
    except RecursionError as error:
        raise MalformedEvent(f"{field} is nested too deep; send flat values", field=field) from error
    if len(found) > MAX_FIELDS:
        raise MalformedEvent(f"{field} has {len(found)} values; the limit is {MAX_FIELDS}", field=field)
    for name, value in found.items():
        if len(name) > MAX_TEXT:
            raise MalformedEvent(f"{field} has a name of {len(name)} characters; the limit is {MAX_TEXT}", field=field)
        if isinstance(value, int) and not -_MOST <= value < _MOST:
            raise MalformedEvent(f"{field}.{name} is beyond 64 bits: send it as a string", field=f"{field}.{name}")
    return found


def _flat(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Scalar]]:
    for name, value in values.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _flat(value, f"{path}.")
        elif isinstance(value, list):
            yield (
                path,
                ",".join(str(item) for item in value if isinstance(item, str | int | float))[:MAX_TEXT],
            )
        elif isinstance(value, str):
            yield path, value[:MAX_TEXT]
        elif value is not None:
            yield path, value


def slug(name: str) -> str:
    """A tool's event name as an activity type: `Pricing Page Viewed` becomes `pricing_page_viewed`."""
    return _WORDS.sub("_", name.lower()).strip("_")


def kind_of(value: Any) -> str:
    """What a JSON value is, in JSON's words."""
    if value is None:
        return "nothing"
    names = {dict: "an object", list: "an array", str: "a string", bool: "true or false"}
    return names.get(type(value), "a number") if value != "" else "an empty string"
