"""What a job title says of a lead: how senior it is, and in which department it works.

The first rule that finds its words in the title wins. Both functions are pure: a caller may remember what they gave.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from leadlight.model.title_words import DEPARTMENT_WORDS, SENIORITY_WORDS

SENIORITIES = ("executive", "vp", "director", "manager", "individual", "student")
DEPARTMENTS = (
    "marketing",
    "sales",
    "engineering",
    "product",
    "design",
    "data",
    "finance",
    "operations",
    "hr",
    "it",
    "legal",
    "support",
)

_INITIALS = re.compile(r"\b(?:\w\.\s?){2,}")
_NO_WORD = re.compile(r"[\W_]+")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ł": "l"})
_NOTHING = frozenset({"", "na", "n a", "none", "null", "nil", "unknown", "other", "test", "tbd", "x", "xx", "xxx"})


def seniority(title: str) -> str | None:
    """How senior a title is, one of SENIORITIES; None where it says nothing.

    >>> seniority("Sr. VP, Global Sales"), seniority("Account Executive"), seniority("Geschäftsführer")
    ('vp', 'individual', 'executive')
    """
    words = _words(title)
    if words in _NOTHING or not any(map(str.isalpha, words)):
        return None
    return _first(_ready(SENIORITY_WORDS), words) or "individual"


def department(title: str) -> str | None:
    """The department that a title belongs to, one of DEPARTMENTS; None where it names none.

    >>> department("Head of Demand Gen"), department("CTO"), department("CEO")
    ('marketing', 'engineering', None)
    """
    return _first(_ready(DEPARTMENT_WORDS), _words(title))


def _words(title: str) -> str:
    """Lower-case words without accents or punctuation, one space apart: `Sr. V.P. (Sales)` is `sr vp sales`."""
    plain = unicodedata.normalize("NFKC", title).lower().translate(_GERMAN)
    joined = _INITIALS.sub(lambda found: re.sub(r"[.\s]", "", found[0]) + " ", plain)
    bare = "".join(char for char in unicodedata.normalize("NFKD", joined) if not unicodedata.combining(char))
    return _NO_WORD.sub(" ", unicodedata.normalize("NFC", bare)).strip()


def _first(rules: Sequence[tuple[str, re.Pattern[str]]], words: str) -> str | None:
    return next((name for name, pattern in rules if pattern.search(words)), None)


@cache  # made ready when first asked for: a function that reads no titles does not wait for it
def _ready(rules: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    lines = [line.partition(": ") for line in rules.strip().splitlines()]
    return tuple((name, re.compile("|".join(map(_alternative, words.split(", "))))) for name, _, words in lines)


def _alternative(words: str) -> str:
    if not words.isascii():
        return re.escape(words)
    return r"\b" + re.escape(words).replace(r"\*", r"[a-z]*").replace(r"\ ", " ") + r"\b"
