"""What the stack ranks, fetched page by page, and what a name stands for there."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import click
from rich.table import Table

from leadlight.cli.client import Api, ApiError
from leadlight.cli.screen import print_json, screen

_NOT_FOUND = 404
View = Mapping[str, Any]


def ranked(api: Api, name: str, *, limit: int, page: int, stage: str | None = None) -> Iterator[dict[str, Any]]:
    """The first so many of `/v1/{name}`, in pages of at most `page`."""
    token: str | None = None
    while limit > 0:
        answer = api.get(f"/v1/{name}", stage=stage, limit=min(limit, page), next=token)
        yield from answer[name]
        limit -= len(answer[name])
        token = answer["next"]
        if not token:
            return


def show(found: Sequence[View], table: Callable[[Sequence[View]], Table], *, as_json: bool, none: str) -> None:
    """Rows as a table, or as JSON lines; `none` says what to do where there are none."""
    if as_json:
        for row in found:
            print_json(row)
    elif found:
        screen().print(table(found))
    else:
        click.echo(none)


def first_found(api: Api, name: str, ids: Iterable[str], **query: int | None) -> dict[str, Any] | None:
    """The first of `/v1/{name}/{id}` that is there; None where none is."""
    for each in dict.fromkeys(ids):
        try:
            found: dict[str, Any] = api.get(f"/v1/{name}/{each}", **query)
        except ApiError as error:
            if error.answer is None or error.answer.status != _NOT_FOUND:
                raise
        else:
            return found
    return None
