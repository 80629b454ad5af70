"""The life of the documents that a stack scores by: drafts, publishing, going back, and how far the leads are."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from leadlight.cli import options
from leadlight.cli.client import Api
from leadlight.cli.errors import OperatorError
from leadlight.cli.help import STACK, examples
from leadlight.cli.moves import changes_picture
from leadlight.cli.screen import print_json, screen, text
from leadlight.cli.validate import counted
from leadlight.model import Documents, encode
from leadlight.model.document import InvalidDocument, read_documents
from leadlight.releases import MOST_RATE, RATE, TOLD
from leadlight.scoring.diff import diff

_LOOK_SECONDS = 1.0
_document = click.Path(exists=True, dir_okay=False, path_type=Path)
_rate = click.option(
    "--rate",
    type=click.IntRange(1, MOST_RATE),
    default=RATE,
    show_default=True,
    help="Leads to rescore per second, at most.",
)
_announce = click.option(
    "--announce",
    default="",
    metavar="KINDS",
    help=f"What to announce of that which follows for leads, such as stages,hand-offs; of: {', '.join(TOLD)}. Nothing "
    "where not given.",
)
_yes = click.option("--yes", is_flag=True, help="Do not ask whether this is meant.")
_wait = click.option("--wait", is_flag=True, help="Stay until every lead is rescored, with a progress bar.")


@click.command(epilog=examples(f"draft model.yaml {STACK}", f"draft enterprise.yaml everybody.yaml {STACK}"))
@click.argument("models", type=_document, nargs=-1, required=True, metavar="MODEL.yaml...")
@options.catalogue
@options.url
def draft(*, models: tuple[Path, ...], catalogue_path: Path, url: str) -> None:
    """Check scoring models and upload them as a draft, with the signal catalogue that they read.

    Nothing changes until the draft is published. Several models are put side by side as `validate` says. A model that
    says something else than before needs a higher `version`.
    """
    try:
        found = read_documents(list(models), catalogue_path)
    except InvalidDocument as error:
        raise OperatorError(f"{counted(len(error.problems), 'problem')}\n{error}") from error
    with Api(url) as api:
        answer = api.call("POST", "/v1/models", body=encode(found)).body
    click.echo(f"version {answer['version']}: {', '.join(answer['models'])}, catalogue {answer['catalogue']}")


@click.command(
    epilog=examples(f"publish {STACK}", f"publish 3 --rate 2000 --announce stages,hand-offs --yes --wait {STACK}")
)
@click.argument("version", type=click.IntRange(0), required=False, metavar="[VERSION]")
@_rate
@_announce
@_yes
@_wait
@options.url
def publish(  # noqa: PLR0913 - one per option
    *, version: int | None, rate: int, announce: str, yes: bool, wait: bool, url: str
) -> None:
    """Put a draft in force, the newest one where none is named, and rescore every lead.

    First shows what changes, in words, and what that does to a sample of the stored leads. Decisions that follow for
    leads are taken silently, but for the kinds that --announce names; sales gets no lead that it is not told of.
    """
    with Api(url) as api:
        listed = api.get("/v1/models")
        drafts = [each["version"] for each in listed["versions"] if each["state"] == "draft"]
        if version is None and not drafts:
            raise OperatorError("there is no draft to publish; upload one: leadlight draft model.yaml")
        _put_in_force(api, listed, max(drafts) if version is None else version, rate, announce, yes=yes, wait=wait)


@click.command(epilog=examples(f"rollback 2 {STACK}", f"rollback 0 --yes {STACK}"))
@click.argument("version", type=click.IntRange(0), metavar="VERSION")
@_rate
@_announce
@_yes
@_wait
@options.url
def rollback(*, version: int, rate: int, announce: str, yes: bool, wait: bool, url: str) -> None:  # noqa: PLR0913 - one per option
    """Put a version in force again that was published before; version 0 is what was deployed with the stack.

    As `publish` does it: every lead is rescored, and nothing is announced that --announce does not name.
    """
    with Api(url) as api:
        listed = api.get("/v1/models")
        states = {each["version"]: each["state"] for each in listed["versions"]}
        if states.get(version) != "retired":
            raise OperatorError(
                f"version {version} is {states.get(version, 'not there')}: only a retired one can be put in force again"
            )
        _put_in_force(api, listed, version, rate, announce, yes=yes, wait=wait)


@click.command(epilog=examples(f"models {STACK}", f"models --wait {STACK}", f"models --resume {STACK}"))
@click.option("--resume", is_flag=True, help="Go on with a publish that came to a halt.")
@_wait
@options.url
@options.as_json
def models(*, resume: bool, wait: bool, url: str, as_json: bool) -> None:
    """Show the versions of the documents, which one is in force, and how far its rescoring is.

    With --json: release, versions (version, state, models, catalogue, created_at, published_at), runs, leads.
    """
    with Api(url) as api:
        if resume:
            api.call("POST", "/v1/models/resume")
        if wait:
            _follow(api)
        listed = api.get("/v1/models")
    if as_json:
        print_json(listed)
        return
    screen().print(_versions(listed["versions"]))
    for name, run in listed["runs"].items():
        click.echo(f"{name}: {_far(run, listed['leads'])}")


def _put_in_force(  # noqa: PLR0913 - what the operator said
    api: Api, listed: Any, version: int, rate: int, announce: str, *, yes: bool, wait: bool
) -> None:
    told = _kinds(announce)
    release, states = listed["release"], {each["version"]: each["state"] for each in listed["versions"]}
    if states.get(version, "published") == "published":
        raise OperatorError(f"version {version} is {'in force already' if version in states else 'not there'}")
    _show(api, release["version"], version)
    if not yes:
        told_words = f"announcing {', '.join(told)}" if told else "announcing nothing"
        asked = f"Publish version {version} and rescore every lead at {rate} per second, {told_words}?"
        click.confirm(asked, abort=True, err=True)
    body = msgspec.json.encode({"after": release["number"], "rate": rate, "announce": told})
    answer = api.call("POST", f"/v1/models/{version}/publish", body=body).body
    click.echo(f"release {answer['release']['number']}: version {version} is in force")
    if wait:
        _follow(api)
    else:
        click.echo("every lead follows: leadlight models --wait")


def _show(api: Api, before: int, after: int) -> None:
    """What changes, in words; and what it does to a sample of the leads."""
    old, new = (_documents(api, version) for version in (before, after))
    known = {model.id: model for model in old.models}
    console = screen()
    for model in new.models:
        if model.id in known:
            console.print(text(f"{known[model.id].name} to {model.name}", "bold"))
            console.print(changes_picture(diff(known[model.id], model)), soft_wrap=True)
        else:
            console.print(text(f"+ {model.name} is new", "green"))
    for gone in known.keys() - {model.id for model in new.models}:
        console.print(text(f"- {known[gone].name} goes", "red"))
    found = api.get(f"/v1/models/{after}/effect")
    if found["from_facts"]:
        console.print(text("the signal catalogue changes: every lead is made anew from its facts", "yellow"))
    console.print(
        f"{found['sampled']:,} leads sampled: {found['higher']:,} higher, {found['lower']:,} lower, "
        f"{found['same']:,} the same; farthest by {found['farthest']} points"
    )
    grades = ", ".join(f"{name}: {count:,}" for name, count in found["grades"].items())
    console.print(f"grades: {grades or 'all the same'}")


def _documents(api: Api, version: int) -> Documents:
    return msgspec.convert(api.get(f"/v1/models/{version}"), type=Documents)


def _kinds(announce: str) -> Sequence[str]:
    named = [name.strip() for name in announce.split(",") if name.strip()]
    for name in named:
        if name not in TOLD:
            raise click.UsageError(f"--announce names {name!r}; it may name {', '.join(TOLD)}")
    return named


def _follow(api: Api) -> None:
    """Looks until every lead is rescored."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen(stderr=True)) as progress:
        bar = progress.add_task("rescoring", total=None)
        while True:
            listed = api.get("/v1/models")
            run = listed["runs"].get("publish")
            if run is None:
                return
            total = max(listed["leads"], run["seen"]) or None
            words = f"{run['seen']:,} leads rescored" if _has_begun(run) else _waits(run)
            progress.update(bar, total=total, completed=run["seen"], description=words)
            if run["done"]:
                return
            time.sleep(_LOOK_SECONDS)


def _versions(versions: Sequence[Any]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("version", "state", "models", "catalogue", "published"):
        table.add_column(title)
    for each in reversed(versions):
        style = {"published": "green", "draft": "yellow"}.get(each["state"], "")
        published = (each["published_at"] or "")[:16].replace("T", " ")
        cells = (each["version"], each["state"], ", ".join(each["models"]), each["catalogue"], published)
        table.add_row(*(text(cell, style) for cell in cells))
    return table


def _has_begun(run: Any) -> bool:
    return bool(run["seen"] or run["segments_done"] or not run["leads_from"])


def _waits(run: Any) -> str:
    return f"begins at {run['leads_from'][11:19]} UTC, when no function goes by the version before any more"


def _far(run: Any, leads: int) -> str:
    """How far a run is, as a bar."""
    share = 1.0 if run["done"] else min(0.99, run["seen"] / max(leads, run["seen"], 1))
    filled = round(20 * share)
    bar = "\N{FULL BLOCK}" * filled + "\N{LIGHT SHADE}" * (20 - filled)
    words = "done" if run["done"] else f"{run['segments_done']} of {run['segments']} segments done"
    words = words if _has_begun(run) else _waits(run)
    counts = f"{run['seen']:,} leads seen, {run['written']:,} written, {run['decided']:,} decisions"
    if run.get("failed"):
        counts += f", {run['failed']:,} failed (leadlight failed list --source run)"
    return f"{bar} {share:.0%} {counts}; {words}"
