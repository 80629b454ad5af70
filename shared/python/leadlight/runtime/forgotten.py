"""Who was forgotten stays forgotten: webhooks that come again bring nobody back, consent given later does."""

from collections.abc import Sequence

from msgspec.structs import replace

from leadlight.activity import Kind, is_account
from leadlight.activity.fact import Fact
from leadlight.adapters.account_items import member_key
from leadlight.forgotten import Forgetting
from leadlight.ports import Ports
from leadlight.runtime.news import Entry, News, Notice
from leadlight.state import Change, LeadState


def admitted(state: LeadState, news: News, ports: Ports) -> News | None:
    """The news that may be brought into a lead; None where there is nothing to bring to whom was forgotten.

    What may not is deleted from the activities table. A lead without a state costs one read to find out, one with a
    state none, unless something of it was deleted. The state, too, goes where an invocation in flight put it back:
    each fact that is erased comes here once more, as deleted, after whatever was made of it. `state.begun` is set on
    a state that begins anew, and its decisions get numbers that were never used. It is made from what is stored:
    what others did since, who turned out to be the same person, waited there.
    """
    if is_account(news.lead_id):
        return news  # a company is nobody to be forgotten
    deleted = news.anew or any(record["eventName"] == "REMOVE" for record in news.records)
    if state.version and not deleted:
        return _since(state, news, ports)
    past = ports.forgotten.of(news.lead_id)
    if past is None:
        return news
    if not past.returned and not (state.version == 0 and _comes_back(past, news, ports)):
        told = zip(news.records, news.entries, strict=True)
        _discard(news.lead_id, [pair for pair in told if not _is_of_others(pair[1], past, ports)], ports)
        if ports.leads.erase([news.lead_id]).get("state") or deleted:
            # What it announced meanwhile, or an invocation of publish kept that nobody waits for any more.
            ports.records.drop_decisions(ports.records.decisions(news.lead_id))
        return None
    if not state.version:
        state.begun = past.at
        # Who heard of its decisions before knows them by their numbers: these go on.
        state.standing = replace(state.standing, seq=state.numbered_from)
        news = replace(news, anew=True)
    return _since(state, news, ports)


def _comes_back(past: Forgetting, news: News, ports: Ports) -> bool:
    """Whether the lead consented since, or is one person with a lead that did.

    Consent without a time may be an old one that comes again: it has the time of its receipt.
    """
    facts = [*(change.fact for change in news.changes), *ports.facts.of(news.lead_id, Kind.CONSENT)]
    given = [fact for fact in facts if fact.type == "consent_given" and not fact.untimed]
    if any(fact.occurred_at > past.at for fact in given) or _is_joined(news, ports):
        ports.forgotten.lift(news.lead_id, past)
        return True
    return False


def _is_joined(news: News, ports: Ports) -> bool:
    links = [notice for notice in news.notices("link") if notice.event != "REMOVE"]
    pasts = [ports.forgotten.of(target) for target in {notice.key.split("#")[2] for notice in links}]
    return any(past.returned for past in pasts if past)


def _is_of_others(entry: Entry, past: Forgetting, ports: Ports) -> bool:
    """Whether it is what a lead that was not forgotten left here since, as one of the same person."""
    if isinstance(entry, Notice):
        return entry.name == "merge" and not _is_forgotten(entry.about, ports)
    return bool(entry.fact.owner) and entry.fact.occurred_at > past.at and not _is_forgotten(entry.fact.owner, ports)


def _is_forgotten(lead_id: str, ports: Ports) -> bool:
    past = ports.forgotten.of(lead_id)
    return past is not None and not past.returned


def _since(state: LeadState, news: News, ports: Ports) -> News:
    """The news without what occurred before the lead began anew."""
    begun = state.begun
    if begun is None:
        return news
    pairs = list(zip(news.records, news.entries, strict=True))
    old = [pair for pair in pairs if (fact := _fact(pair[1])) and fact.occurred_at <= begun]
    _discard(news.lead_id, old, ports)
    kept = [pair for pair in pairs if pair not in old]
    return replace(news, records=[record for record, _ in kept], entries=[entry for _, entry in kept])


def _fact(entry: Entry) -> Fact | None:
    return entry.fact if isinstance(entry, Change) else None


def _discard(lead_id: str, pairs: Sequence[tuple[object, Entry]], ports: Ports) -> None:
    """Deletes from the table what some records brought; what was deleted already is no more."""
    for notice in (entry for _, entry in pairs if isinstance(entry, Notice) and entry.name == "company"):
        ports.facts.delete(notice.about, [member_key(lead_id)])  # the account still takes the lead for its own
    keys = [entry.key for _, entry in pairs if isinstance(entry, Notice) and entry.event != "REMOVE"]
    keys += [entry.fact.key for _, entry in pairs if isinstance(entry, Change)]
    if keys:
        ports.facts.delete(lead_id, list(dict.fromkeys(keys)))
