"""Countries under all the names that forms and tools send for them."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("countries.json")  # ISO 3166: alpha-2 to alpha-3, name, and what else people write
_EU = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
]  # fmt: skip
GROUPS: Mapping[str, Sequence[str]] = {
    "EU": _EU,
    "EEA": [*_EU, "IS", "LI", "NO"],
    "DACH": ["DE", "AT", "CH"],
    "BENELUX": ["BE", "NL", "LU"],
    "NORDICS": ["DK", "FI", "IS", "NO", "SE"],
}


@cache
def _names() -> Mapping[str, Sequence[str]]:
    rows: dict[str, list[str]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return {code: (code, *names) for code, names in rows.items()}


@cache
def _codes() -> Mapping[str, Sequence[str]]:
    codes: dict[str, Sequence[str]] = {name.lower(): (code,) for code, names in _names().items() for name in names}
    return {**codes, **{group.lower(): members for group, members in GROUPS.items()}}


def known(value: Any) -> str:
    """The value as it is, where it names a country or a group of countries.

    Raises:
        ValueError: it names none.
    """
    if isinstance(value, str) and value.strip().lower() in _codes():
        return value
    spoken = {names[2].lower(): names for names in _names().values()}
    near = difflib.get_close_matches(str(value).lower(), spoken, n=1)
    hint = f"; did you mean {spoken[near[0]][0]} ({spoken[near[0]][2]})?" if near else ""
    raise ValueError(f"write ISO codes such as DE or USA, or {', '.join(GROUPS)}, found {value!r}{hint}")


def names_of(countries: Sequence[str]) -> tuple[str, ...]:
    """Every name of these countries, each once: `["DE"]` gives DE, DEU, Germany, Deutschland, ..."""
    return tuple(dict.fromkeys(_all(countries)))


def _all(countries: Sequence[str]) -> Iterator[str]:
    for country in countries:
        for code in _codes()[country.strip().lower()]:
            yield from _names()[code]
