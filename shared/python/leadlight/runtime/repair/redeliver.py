"""Records of the activities stream, brought in again: by what is stored now, never by the image that they carry.

An image may be older than what was stored since. So a record says no more than which item to look at, and the fold of
its lead is made anew from the facts.
"""

from collections.abc import Iterable, Iterator

from leadlight.activity import is_account
from leadlight.ports import Conflict, Ports, Torn, Unavailable
from leadlight.runtime import accounts
from leadlight.runtime.news import News, by_lead
from leadlight.runtime.rescore import rescore
from leadlight.runtime.streams import Record, expired_by_ttl, lead_id, sequence_number

Unread = tuple[Record, str]  # and why


def redeliver(records: Iterable[Record], ports: Ports) -> list[Unread]:
    """Brings in what records told of. Returns those that can't be understood, each with the reason.

    Raises:
        Conflict: others saved a lead again and again.
        Unavailable: a table could not be reached; to do it again does no harm.
    """
    unread: list[Unread] = []
    told = [record for record in records if not expired_by_ttl(record)]
    found = by_lead(list(_as_stored(told, ports)), unreadable=lambda record, why: unread.append((record, why)))
    # Of an item that is gone, and of which nothing says what it was, the lead is looked at all the same.
    bare = (
        {lead_id(record) for record in told} - {news.lead_id for news in found} - {lead_id(each) for each, _ in unread}
    )
    for news in (*found, *(News(of, [], []) for of in sorted(bare))):
        news.anew = True
        try:
            _bring(news, ports)
        except Exception as error:
            again = isinstance(error, Unavailable | Conflict) and not isinstance(error, Torn)
            if again or not news.records:
                raise
            unread += [(record, f"{type(error).__name__}: {error}") for record in news.records]  # the others go on
    return unread


def _bring(news: News, ports: Ports) -> None:
    if is_account(news.lead_id):
        accounts.bring(news, ports)
    else:
        rescore(news, ports)


def _as_stored(records: Iterable[Record], ports: Ports) -> Iterator[Record]:
    """Each item that records name once, as it is now; one that is gone as its removal."""
    named: dict[str, dict[str, Record]] = {}
    for record in records:
        named.setdefault(lead_id(record), {})[record["dynamodb"]["Keys"]["key"]["S"]] = record
    for of, by_key in named.items():
        stored = ports.facts.images(of, list(by_key))
        for key, record in by_key.items():
            change = record["dynamodb"]
            about = {"Keys": change["Keys"], "SequenceNumber": sequence_number(record)}
            last = change.get("OldImage") or change.get("NewImage")
            if key in stored:
                yield {"eventName": "MODIFY", "dynamodb": {**about, "NewImage": stored[key]}}
            elif last:
                yield {"eventName": "REMOVE", "dynamodb": {**about, "OldImage": last}}
