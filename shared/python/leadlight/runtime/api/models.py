"""Routes on the documents: what is in force, drafts, what a version would do, publish, and how far the leads are."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from leadlight.activity import is_account
from leadlight.activity.order_key import day_number, timestamp
from leadlight.ports import Ports
from leadlight.problems import BodyTooLarge, MalformedEvent, NotFound
from leadlight.releases import MOST_RATE, RATE, Told, stand
from leadlight.runtime import releases, runs
from leadlight.runtime.http import request_of
from leadlight.scoring import Portfolio

MOST_BYTES = 5_000_000
_SAMPLE = 1_000
_DIGITS = 9
_SHOWN = 20


class _Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    after: int
    rate: int = RATE
    announce: tuple[Told, ...] = ()


def models(_event: Mapping[str, Any], ports: Ports) -> tuple[int, Any]:
    """Every version and how it stands, the release in force, and its runs; `leads`: how many the last rollup saw."""
    published, current = ports.models.releases(), ports.models.latest()
    held = [*ports.models.versions()]
    shipped, catalogue = runs.named(0, ports.models)
    versions: list[dict[str, Any]] = [{"version": 0, "created_at": None, "models": shipped, "catalogue": catalogue}]
    versions += [
        {"version": v.version, "created_at": v.created_at, "models": list(v.models), "catalogue": v.catalogue}
        for v in held
    ]
    at = {release.version: release.published_at for release in published}
    for version in versions:
        number = int(str(version["version"]))
        standing = stand(number, published)
        if number == 0:
            standing = "retired" if published and current.version else "published"
        version |= {"state": standing, "published_at": at.get(number)}
    today = ports.now().date()
    found = {"publish": runs.progress(f"publish-{current.number}", ports), "sweep": None}
    found["sweep"] = runs.progress(f"sweep-{today}", ports)
    return 200, {
        "release": msgspec.to_builtins(current),
        "versions": versions,
        "runs": {name: run_view(progress, ports) for name, progress in found.items() if progress},
        "leads": sum(day.counts.get("new_leads", 0) for day in ports.records.measures()[0]),
    }


def documents(event: Mapping[str, Any], ports: Ports) -> tuple[int, Any]:
    """The documents of a version, in their published form."""
    return 200, releases.documents_of(_version(event), ports)


def draft(event: Mapping[str, Any], ports: Ports) -> tuple[int, Any]:
    """Takes documents in their published form as a draft."""
    raw = request_of(event).body
    if len(raw) > MOST_BYTES:
        raise BodyTooLarge(f"the documents have {len(raw)} bytes, the limit is {MOST_BYTES}", field="body")
    version = releases.draft(raw, ports)
    return 201, {"version": version.version, "models": list(version.models), "catalogue": version.catalogue}


def effect(event: Mapping[str, Any], ports: Ports) -> tuple[int, Any]:
    """What a version would do to a sample of the stored leads, by the folds that they have."""
    number, today = _version(event), day_number(ports.now())
    current = ports.models.latest()
    before, after = releases.documents_of(current.version, ports), releases.documents_of(number, ports)
    old, new = Portfolio(before.models), Portfolio(after.models)
    moves: Counter[str] = Counter()
    grades: Counter[str] = Counter()
    farthest = 0
    for state in ports.leads.page(0, 1, after="", limit=_SAMPLE).states:
        if is_account(state.lead_id) or state.totals is None:
            continue
        was = old.of(state.fold, today).totals(state.fold, today)
        now = new.of(state.fold, today).totals(state.fold, today)
        by = now.score - was.score
        moves["higher" if by > 0 else "lower" if by < 0 else "same"] += 1
        grades[f"{was.grade} to {now.grade}"] += was.grade != now.grade
        farthest = max(farthest, abs(by))
    return 200, {
        "release": current.number,
        "sampled": moves.total(),
        **{name: moves[name] for name in ("higher", "lower", "same")},
        "farthest": farthest,
        "grades": {name: count for name, count in sorted(grades.items()) if count},
        "from_facts": before.catalogue != after.catalogue,
    }


def publish(event: Mapping[str, Any], ports: Ports) -> tuple[int, Any]:
    """Puts a version in force, where the release that the operator knows of still is."""
    try:
        ask = msgspec.json.decode(request_of(event).body, type=_Ask)
    except (ValueError, RecursionError) as error:
        raise MalformedEvent(
            f'send {{"after": RELEASE, "rate": {RATE}, "announce": ["stages"]}}: {error}', field="body"
        ) from error
    if not 1 <= ask.rate <= MOST_RATE:
        raise MalformedEvent(f"rate must be from 1 to {MOST_RATE} leads per second, found {ask.rate}", field="rate")
    release = releases.publish(_version(event), ports, after=ask.after, rate=ask.rate, announce=ask.announce)
    return 202, {"release": msgspec.to_builtins(release), "run": f"publish-{release.number}"}


def resume(_event: Mapping[str, Any], ports: Ports) -> tuple[int, Any]:
    """Sends again for what is left of the run of the release in force."""
    current = ports.models.latest()
    if not current.number:
        raise NotFound("nothing was published yet: the leads are scored by what came with the layer")
    run = runs.publish_run(current, ports)
    return 202, {"run": run.id}


def run_view(progress: runs.Progress, ports: Ports) -> dict[str, Any]:
    """A run and how far it is. `leads_from`: when a publish begins with them: nobody goes by older documents then."""
    parts, begun = progress.checkpoints, datetime.fromisoformat(progress.run.begun_at)
    settled = timestamp(begun + timedelta(seconds=ports.runs.settle_seconds))
    return {
        "run": progress.run.id,
        "begun_at": progress.run.begun_at,
        "leads_from": settled if progress.run.kind == "publish" else None,
        "done": progress.done,
        "segments": len(parts),
        "segments_done": sum(part.done for part in parts),
        **progress.counts,
    }


def _version(event: Mapping[str, Any]) -> int:
    given = str(event["pathParameters"]["version"])
    if not (given.isascii() and given.isdigit() and len(given) <= _DIGITS):
        raise MalformedEvent(
            f"version must be a number that GET /v1/models lists, found {given[:_SHOWN]!r}",
            field="version",
        )
    return int(given)


ROUTES = {
    "GET /v1/models": models,
    "POST /v1/models": draft,
    "GET /v1/models/{version}": documents,
    "GET /v1/models/{version}/effect": effect,
    "POST /v1/models/{version}/publish": publish,
    "POST /v1/models/resume": resume,
}
