"""Options that several commands share."""

import os
import re
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import click

from leadlight.model.document import DEFAULT_CATALOGUE, DEFAULT_MODEL

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Moment(click.ParamType[datetime]):
    """A date (through the end of that day) or an RFC 3339 time; without a zone it is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment in UTC."""
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time; write 2026-11-21 or 2026-11-21T19:24:00Z", param, ctx)
        if _DAY.fullmatch(value):
            found = datetime.combine(found, time.max)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


class OutFile(click.Path):
    """A file that can be written, which is looked at before any work: a new one needs a folder to be in."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, writable=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        folder = path.absolute().parent
        if not path.exists() and not (folder.is_dir() and os.access(folder, os.W_OK)):
            self.fail(f"{path} can't be written: {folder} is no folder that you may write to", param, ctx)
        return path


_document = click.Path(exists=True, dir_okay=False, path_type=Path)

model = click.option(
    "--model",
    "model_path",
    type=_document,
    default=DEFAULT_MODEL,
    metavar="MODEL.yaml",
    help="Scoring model; the one that ships with Leadlight where not given.",
)
catalogue = click.option(
    "--catalogue",
    "catalogue_path",
    type=_document,
    default=DEFAULT_CATALOGUE,
    metavar="CATALOGUE.yaml",
    help="Signal catalogue; the one that ships with Leadlight where not given.",
)
as_of = click.option(
    "--as-of",
    type=Moment(),
    default=lambda: datetime.now(UTC),
    show_default="now",
    metavar="TIME",
    help="The moment to score for, UTC: a date (through its end) or a time. What comes later is ignored.",
)
url = click.option(
    "--url",
    envvar="LEADLIGHT_URL",
    show_envvar=True,
    required=True,
    metavar="URL",
    help="The API: the stack's output ApiUrl.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
