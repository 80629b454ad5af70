from leadlight.problems import MalformedEvent


def limit_of(given: str | None, *, default: int, most: int) -> int:
    """How many rows a page has at most.

    Raises:
        MalformedEvent: it is no number from 1 to `most`.
    """
    asked = given or str(default)
    if not (asked.isascii() and asked.isdigit()) or not 1 <= int(asked) <= most:
        raise MalformedEvent(f"limit must be a number from 1 to {most}, found {asked!r}", field="limit")
    return int(asked)
