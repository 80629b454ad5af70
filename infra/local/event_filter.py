"""The filter patterns of an event source mapping, in the documented syntax.

A pattern is nested like the record; a leaf is a list of alternatives: literal values or one-key rules such as
`{"exists": true}`. All keys of a pattern must match; a record passes when any one pattern does. A rule that
is not known here is an error, since letting everything pass would hide a wrong template.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_MISSING = object()


class UnknownRule(ValueError):
    """The pattern uses a rule that this filter does not know."""


def passes(record: Mapping[str, Any], patterns: Sequence[Mapping[str, Any]]) -> bool:
    """Whether any pattern matches; no pattern at all lets every record pass."""
    return not patterns or any(matches(record, pattern) for pattern in patterns)


def patterns_of(mapping: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The decoded patterns of a mapping as the Lambda API describes it."""
    filters = (mapping.get("FilterCriteria") or {}).get("Filters") or []
    return [json.loads(entry["Pattern"]) for entry in filters if entry.get("Pattern")]


def matches(value: Any, pattern: Mapping[str, Any]) -> bool:
    """Whether every key of `pattern` matches what `value` has there."""
    return all(_matches_key(value, key, wanted) for key, wanted in pattern.items())


def _matches_key(value: Any, key: str, wanted: Any) -> bool:
    if key == "$or":
        return any(matches(value, alternative) for alternative in wanted)
    found = value.get(key, _MISSING) if isinstance(value, Mapping) else _MISSING
    if isinstance(wanted, Mapping):
        return matches({} if found is _MISSING else found, wanted)
    return any(_matches_leaf(found, alternative) for alternative in wanted)


def _matches_leaf(found: Any, alternative: Any) -> bool:
    if isinstance(alternative, Mapping):
        ((name, argument),) = alternative.items()
        if name not in _RULES:
            raise UnknownRule(f"filter rule {name!r} is not known; known: {', '.join(sorted(_RULES))}")
        return _RULES[name](found, argument)
    if isinstance(found, list):
        return any(_same(item, alternative) for item in found)
    return _same(found, alternative)


def _same(found: Any, wanted: Any) -> bool:
    # In Python True == 1, in JSON they differ.
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)


def _exists(found: Any, wanted: Any) -> bool:
    """Only leaves exist: an object in the record is not a value."""
    return (found is not _MISSING and not isinstance(found, Mapping)) is wanted


def _anything_but(found: Any, refused: Any) -> bool:
    if found is _MISSING:
        return False
    alternatives = refused if isinstance(refused, list) else [refused]
    return not any(_matches_leaf(found, alternative) for alternative in alternatives)


def _numeric(found: Any, wanted: Sequence[Any]) -> bool:
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    pairs = zip(wanted[::2], wanted[1::2], strict=True)
    return all(_COMPARISONS[operator](found, bound) for operator, bound in pairs)


_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda found, bound: found == bound,
    "<": lambda found, bound: found < bound,
    "<=": lambda found, bound: found <= bound,
    ">": lambda found, bound: found > bound,
    ">=": lambda found, bound: found >= bound,
}

_RULES: Mapping[str, Callable[[Any, Any], bool]] = {
    "exists": _exists,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "prefix": lambda found, start: isinstance(found, str) and found.startswith(start),
    "suffix": lambda found, end: isinstance(found, str) and found.endswith(end),
    "equals-ignore-case": lambda found, other: isinstance(found, str) and found.casefold() == other.casefold(),
}
