"""What the schema finds wrong, in words that say what may stand there."""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args

from leadlight.model.document.flow import flow
from leadlight.model.document.values import Part, nearest

Problem = Mapping[str, Any]


def mistakes(kind: type[Part], problems: Sequence[Problem]) -> Iterator[tuple[Sequence[str | int], str]]:
    """Where something is wrong, and what to do; a key that was only misspelled is not reported missing too."""
    meant = {_near(kind, each["loc"]) for each in problems if each["type"] == "extra_forbidden"}
    for each in problems:
        if each["type"] != "missing" or tuple(each["loc"]) not in meant:
            yield each["loc"], _words(kind, each)


def _words(kind: type[Part], problem: Problem) -> str:
    """What is wrong, what was found, what is allowed, and the nearest name."""
    if problem["type"] == "extra_forbidden":
        allowed = keys(kind, problem["loc"][:-1])
        return "unknown key" + (nearest(problem["loc"][-1], allowed) or f"; allowed: {', '.join(allowed)}")
    if problem["type"] == "missing":
        return _missing(kind, problem["loc"])
    if problem["type"] in _SHAPES:
        shape, example = _SHAPES[problem["type"]]
        field = _field(kind, problem["loc"])
        such = flow(field.examples[0]) if field is not None and field.examples else example
        return f"write {shape} such as {such}, found {_shown(problem['input'])}"
    say = _WORDS.get(problem["type"])
    return say(problem) if say else str(problem["msg"]).removeprefix("Value error, ")


def keys(kind: Any, where: Sequence[str | int]) -> list[str]:
    """The keys that the schema allows at a place."""
    return list(_fields(_kind_at(kind, where)))


def _near(kind: type[Part], where: Sequence[str | int]) -> Sequence[str | int]:
    near = difflib.get_close_matches(str(where[-1]).lower(), keys(kind, where[:-1]), n=1)
    return (*where[:-1], *near)


def _missing(kind: type[Part], where: Sequence[str | int]) -> str:
    field = _field(kind, where)
    if field is None or not field.description:
        return "is required"
    return f"is required, such as {flow({where[-1]: field.examples[0]})[1:-1]}"


def _field(kind: type[Part], where: Sequence[str | int]) -> Any:
    return _fields(_kind_at(kind, where[:-1])).get(str(where[-1])) if where else None


def _fields(kind: Any) -> dict[str, Any]:
    return {field.alias or name: field for name, field in getattr(kind, "model_fields", {}).items()}


def _kind_at(kind: Any, where: Sequence[str | int]) -> Any:
    for step in where:
        field = _fields(kind).get(str(step))
        kind = next(_parts(field.annotation if field else kind), kind)
    return kind


def _parts(annotation: Any) -> Iterator[Any]:
    if hasattr(annotation, "model_fields"):
        yield annotation
    for argument in get_args(annotation):
        yield from _parts(argument)


def _literal(problem: Problem) -> str:
    allowed = re.findall(r"'([^']*)'", problem["ctx"]["expected"])
    return f"write one of {', '.join(allowed)}, found {problem['input']!r}{nearest(problem['input'], allowed)}"


def _name(problem: Problem) -> str:
    fixed = re.sub(r"[^a-z0-9_-]+", "_", str(problem["input"]).strip().lower()).strip("_0123456789-")
    hint = f"; did you mean {fixed}?" if fixed else ""
    first = ", the first a letter" if re.match(r"[0-9_-]", str(problem["input"])) else ""
    return f"write a name of lower-case letters, digits, _ and -{first}, found {problem['input']!r}{hint}"


def _expects(what: str) -> Callable[[Problem], str]:
    return lambda problem: f"write {what}, found {_shown(problem['input'])}"


def _bound(word: str, limit: str) -> Callable[[Problem], str]:
    return lambda problem: f"write a number of {problem['ctx'][limit]} or {word}, found {problem['input']!r}"


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return f"keys ({', '.join(map(str, value))})"
    return "a list" if isinstance(value, list) else repr(value)


_SHAPES = {
    "list_type": ("a list", "[a, b]"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), ("keys and values", "{key: value}")),
}
_WORDS: Mapping[str, Callable[[Problem], str]] = {
    "literal_error": _literal,
    "string_pattern_mismatch": _name,
    "int_type": _expects("a whole number"),
    "int_from_float": _expects("a whole number"),
    "float_type": _expects("a number"),
    "finite_number": _expects("a finite number"),
    "string_type": _expects("text"),
    "bool_type": _expects("true or false"),
    "greater_than_equal": _bound("more", "ge"),
    "less_than_equal": _bound("less", "le"),
    "too_short": lambda _: "give at least one",
    "string_too_long": lambda problem: f"write at most {problem['ctx']['max_length']} characters",
    "string_too_short": lambda _: "is empty",
}
