"""The promises, checked once a world is at rest. Each breach is told as (promise, what was found)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta

import msgspec

from leadlight.activity.order_key import day_number
from leadlight.adapters.lead_items import nurture_from_item
from leadlight.events.event import MODEL_PUBLISHED
from leadlight.lifecycle.decision import Decision, decode
from leadlight.lifecycle.transitions import TRANSITIONS
from leadlight.model.structs import Campaign
from leadlight.nurture import NurtureState
from leadlight.nurture.enroll import belongs
from leadlight.ports import Conflict, Unavailable
from leadlight.state import Fold, codec, prune
from tests.simulation.reference import kinds_of, lead_of, naive_counts, ordered_folds, roots, stored_facts
from tests.simulation.simulation import Outcome
from tests.simulation.tables import Item
from tests.simulation.world import POISON

Breach = tuple[str, str]
_EXPECTED = (Unavailable, Conflict)
_ROUTED = ("scored", "stage_changed", "merged")


def breaches(outcome: Outcome) -> list[Breach]:
    """Every promise that does not hold."""
    checks: tuple[Callable[[Outcome], Iterator[Breach]], ...] = (
        errors,
        ingest_adds_up,
        facts_are_those_accepted,
        folds_are_exact,
        decisions_are_legal,
        events_match_decisions,
        enrollments_follow,
    )
    return [breach for check in checks for breach in check(outcome)]


def errors(outcome: Outcome) -> Iterator[Breach]:
    """Invocations end well, or because something was out of reach."""
    for error in outcome.errors:
        if not isinstance(error, _EXPECTED) and type(error).__name__ != "BatchProcessingError":
            yield "errors", repr(error)


def ingest_adds_up(outcome: Outcome) -> Iterator[Breach]:
    """Received = recorded + refused + failed; what was signed and not understood is kept."""
    kept = outcome.world.failed.all
    for request, answer in outcome.answers:
        if answer["statusCode"] != request.status:
            yield "ingest", f"{answer['statusCode']} instead of {request.status}: {answer['body']}"
            continue
        if request.status >= 300:
            continue
        counts = msgspec.json.decode(answer["body"])
        refused, good = len(counts["refused"]), len(request.sent)
        if counts["received"] != request.received or counts["recorded"] != good:
            yield "ingest", f"{counts} for {request.received} events, {good} of them good"
        if counts["recorded"] + counts["failed"] + refused != counts["received"]:
            yield "ingest", f"{counts} do not add up"
        if counts["failed"] and (request.route, request.body) not in kept:
            yield "ingest", f"a failed event was not kept: {request.body!r}"
    poisoned = [event for event in kept.values() if event.source == "stream" and POISON.encode() in event.raw]
    others = [event for event in kept.values() if event.source == "stream" and POISON.encode() not in event.raw]
    if len(poisoned) < outcome.poisoned:
        yield "poison", f"{len(poisoned)} of {outcome.poisoned} poison records were kept"
    for event in others:
        yield "poison", f"a good record was set aside: {event.reason}: {event.raw!r:.300}"


def facts_are_those_accepted(outcome: Outcome) -> Iterator[Breach]:
    """Each accepted activity is stored, as a content that was sent; and nothing else is."""
    expected = {
        (lead_of(sent), sent.source, sent.id, kind): sent
        for request, answer in outcome.answers
        if answer["statusCode"] < 300
        for sent, _ in request.sent
        for kind in kinds_of(sent)
    }
    found: Counter[tuple[str, str, str, str]] = Counter()
    for (lead_id, key), item in stored_facts(outcome.world).items():
        body = msgspec.json.decode(item["body"]["S"])
        name = (lead_id, body["source"], body["id"], key.removeprefix("untimed#").partition("#")[0])
        found[name] += 1
        sent = expected.get(name)
        if sent and not 0 <= body["values"].get("v", 0) < len(sent.versions):
            yield "facts", f"{name} holds what nobody sent: {body}"
    for name in expected.keys() ^ found.keys():
        yield "facts", f"{name} {'lost' if name in expected else 'came from nowhere'}"
    for name, times in found.items():
        if times > 1:
            yield "facts", f"{name} is stored {times} times"


def folds_are_exact(outcome: Outcome) -> Iterator[Breach]:
    """Counts equal a naive recount of what was sent; folds equal a single ordered pass, byte for byte."""
    world = outcome.world
    horizon = day_number(world.clock + timedelta(days=1)) - world.retention_days
    root_of = roots(world)
    counts = naive_counts(outcome.traffic.sent, stored_facts(world), root_of)
    folds = ordered_folds(world, horizon, root_of)
    states = {state.lead_id: state for state in outcome.states}
    for lead_id, state in states.items():
        root = root_of.get(lead_id, lead_id)
        if (state.kin.root or lead_id) != root or state.kin.todo:
            yield "merges", f"{lead_id} stands at {state.kin.root or 'itself'}, not {root}: {state.kin}"
        if state.kin.root and state.fold != Fold():
            yield "merges", f"{lead_id} is merged and has a fold"
    standing = {lead_id for lead_id, state in states.items() if not state.kin.root}
    if not folds.keys() <= standing or any(states[lead_id].fold.signals for lead_id in standing - folds.keys()):
        yield "folds", f"leads {sorted(standing)} instead of {sorted(folds)}"
    for lead_id in standing & folds.keys():
        fold = states[lead_id].fold
        prune(fold, horizon)
        found = {(signal, day): n for signal, days in fold.signals.items() for day, n in days.items()}
        wanted = {place: n for place, n in counts.get(lead_id, Counter()).items() if place[1] > horizon}
        if found != wanted:
            wrong = {place for place in found.keys() | wanted if found.get(place) != wanted.get(place)}
            told = ", ".join(f"{at}: {found.get(at, 0)} not {wanted.get(at, 0)}" for at in sorted(wrong))
            yield "counts", f"{lead_id} {told}"
        if codec.encode(fold) != codec.encode(folds[lead_id]):
            yield "folds", f"{lead_id} {_difference(fold, folds[lead_id])}"


def decisions_are_legal(outcome: Outcome) -> Iterator[Breach]:
    """A lead's decisions are numbered without gaps, each move is in the transition table, and none is forgotten.

    A lead's stage is taken over at most as often as it was merged.
    """
    stored = outcome.world.records.stored
    told = [msgspec.json.decode(raw, type=Decision) for raw in stored.values()]
    merged = Counter(decision.lead_id for decision in told if decision.kind == "merged")
    taken = Counter((each.lead_id, each.other) for each in told if each.kind == "stage_changed" and each.other)
    for (lead_id, other), times in taken.items():
        if times > merged[str(other)]:
            yield (
                "decisions",
                f"{lead_id} took the stage of {other} {times} times, which was merged {merged[str(other)]}",
            )
    for state in outcome.states:
        stage = "lead"
        for seq in range(state.numbered_from + 1, state.standing.seq + 1):
            if (raw := stored.get(f"{state.lead_id}#{seq}")) is None:
                yield "decisions", f"{state.lead_id}#{seq} has no record"
                continue
            decision = msgspec.json.decode(raw, type=Decision)
            if decision.kind == "stage_changed":
                legal = decision.after in TRANSITIONS[stage] or decision.cause == "merged"
                if decision.before != stage or not legal:
                    yield "decisions", f"{decision.id}: {stage}, then {decision.before} to {decision.after}"
                stage = str(decision.after)
        if stage != state.standing.stage:
            yield "decisions", f"{state.lead_id} stands at {state.standing.stage}, decided {stage}"
        if state.outbox:
            yield "decisions", f"{state.lead_id} still has an outbox"


def events_match_decisions(outcome: Outcome) -> Iterator[Breach]:
    """Each saved decision has one event id, each event a saved decision, and one id always says the same."""
    saved = {
        decision.id: msgspec.json.encode(decision)
        for outbox in set(outcome.world.leads.outboxes)
        for decision in decode(outbox)
    }
    numbered = {f"{s.lead_id}#{seq}" for s in outcome.states for seq in range(s.numbered_from + 1, s.standing.seq + 1)}
    firsts = _first_of_nurture(saved.values(), {state.lead_id: state.numbered_from for state in outcome.states})
    numbered |= {f"{s.lead_id}#n{n}" for s in _nurtured(outcome) if s.seq for n in range(firsts[s.lead_id], s.seq + 1)}
    silent = {name for name, raw in saved.items() if msgspec.json.decode(raw, type=Decision).silent}
    numbered -= silent
    published: dict[str, set[str]] = {}
    for event in outcome.world.bus.entries:
        name = msgspec.json.decode(event.detail)["id"]
        if event.detail_type == MODEL_PUBLISHED:
            continue
        published.setdefault(name, set()).add(event.detail)
    for name in published.keys() ^ numbered:
        yield "events", f"{name} {'has no decision' if name in published else 'has no event'}"
    for name, details in published.items():
        if len(details) > 1:
            yield "events", f"{name} says {len(details)} things"
        elif name in saved and _decision(next(iter(details))) != saved[name]:
            yield "events", f"{name} says what was not decided"
    for name, raw in outcome.world.records.stored.items():
        if saved.get(name) != raw:
            yield "events", f"the record of {name} is not what was decided"


def _first_of_nurture(saved: Iterable[bytes], behind: Mapping[str, int]) -> dict[str, int]:
    """The first number that nurture gave of each lead, since it came back: it numbers on from what it followed."""
    decisions = (msgspec.json.decode(raw, type=Decision) for raw in saved)
    told = (each for each in decisions if each.campaign and each.seq > behind.get(each.lead_id, 0))
    numbers = sorted(((each.lead_id, each.seq) for each in told), reverse=True)
    return dict(numbers)  # of several the last one stays: the lowest


def enrollments_follow(outcome: Outcome) -> Iterator[Breach]:
    """Who is in a campaign belongs there by the newest announced decision; who belongs was enrolled once.

    What comes with a merged lead is held against the score of that moment, which may be a little off the announced one.
    """
    newest: dict[str, Decision] = {}
    joined: set[str | None] = set()
    for raw in outcome.world.records.stored.values():
        decision = msgspec.json.decode(raw, type=Decision)
        joined.add(decision.other if decision.kind == "merged" else None)
        if (
            decision.kind in _ROUTED
            and not decision.silent
            and decision.seq > (newest[decision.lead_id].seq if decision.lead_id in newest else 0)
        ):
            newest[decision.lead_id] = decision
    states = {state.lead_id: state for state in _nurtured(outcome)}
    if newest.keys() - states.keys():
        yield "nurture", f"followed {sorted(states)} instead of {sorted(newest)}"
    for lead_id in states.keys() & newest.keys():
        state, news = states[lead_id], newest[lead_id]
        if state.seen != news.seq or state.outbox:
            yield "nurture", f"{lead_id} followed {state.seen}, newest {news.seq}, outbox {state.outbox!r}"
        if news.kind == "merged":
            continue
        for campaign in outcome.world.documents.model.campaigns:
            place = state.enrollments.get(campaign.id)
            wanted = news.contactable and not news.suppressed and belongs(news, campaign)
            if wanted and place is None:
                yield "nurture", f"{lead_id} is not in {campaign.id}, and belongs there"
            stays = place and not place.exited_at and not wanted
            change = outcome.world.documents.model.announce_change if lead_id in joined else 0
            if stays and not (change and (_nearly(news, campaign, change) or _by_now(outcome, news, campaign))):
                yield "nurture", f"{lead_id} in {campaign.id}: {place}, not wanted"


def _nearly(news: Decision, campaign: Campaign, change: int) -> bool:
    """Whether a lead belongs in a campaign by a score that is less than a change off the announced one."""
    scores = range(news.score - change + 1, news.score + change)
    near = (belongs(msgspec.structs.replace(news, score=score), campaign) for score in scores)
    return news.contactable and not news.suppressed and any(near)


def _by_now(outcome: Outcome, news: Decision, campaign: Campaign) -> bool:
    """Whether a lead belongs in a campaign by its score: what others' imported facts add to it is not announced."""
    totals = next(state.totals for state in outcome.states if state.lead_id == news.lead_id)
    if totals is None or not news.contactable or totals.suppressed:
        return False
    current = {"score": totals.score, "grade": totals.grade, "buying_stage": totals.buying_stage}
    return belongs(msgspec.structs.replace(news, **current), campaign)


def _nurtured(outcome: Outcome) -> Iterator[NurtureState]:
    return map(nurture_from_item, _items(outcome, "nurture"))


def _items(outcome: Outcome, name: str) -> Iterator[Item]:
    return (item for item in outcome.world.leads.table.all() if item["item"]["S"] == name)


def _decision(detail: str) -> bytes:
    return msgspec.json.encode(msgspec.json.decode(detail, type=Decision))


def _difference(found: object, wanted: object) -> str:
    fields = [name for name in type(found).__slots__ if getattr(found, name) != getattr(wanted, name)]  # type: ignore[attr-defined]
    return "; ".join(f"{name}: {getattr(found, name)!r:.600} not {getattr(wanted, name)!r:.600}" for name in fields)
