"""Published documents and runs in the records table, on a DynamoDB of moto's."""

from random import Random

import msgspec
import pytest

from leadlight.adapters import clients
from leadlight.adapters.leads import DynamoLeads
from leadlight.adapters.models import StoredModels, digest_of
from leadlight.adapters.runs import QueuedRuns
from leadlight.model import encode
from leadlight.model.document import read_documents
from leadlight.nurture import NurtureState
from leadlight.ports import Conflict, Unavailable
from leadlight.releases import Checkpoint, Release, Run, Task, Version
from leadlight.runtime import wiring
from leadlight.runtime.environment import Environment
from leadlight.state import Fold, LeadState

SHIPPED = read_documents()
RUN = Run("publish-1", "publish", 1, "2026-11-21T12:00:00.000Z", segments=2, page=10, pause=2)


def test_an_invocation_goes_by_one_release_to_its_end(aws, monkeypatch):
    """However long it takes: a page of a run is of one release, and what is told of it too."""
    monkeypatch.setattr(wiring, "_current", ports := wiring.AwsPorts(Environment()))
    clock = Clock()
    vars(ports)["models"] = models = stored(clock)
    before = wiring.ports().published
    models.draft(version(1, changed()), changed())
    models.publish(Release(1, 1))
    clock.now += 60
    assert (ports.published, ports.documents) == (before, SHIPPED)
    assert wiring.ports().published.release == Release(1, 1)
    assert ports.documents.model.version == 2


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def stored(clock: Clock | None = None) -> StoredModels:
    return StoredModels("records", shipped=lambda: SHIPPED, kept_seconds=15, clock=clock or Clock())


def version(number: int, documents) -> Version:
    return Version(number, digest_of(encode(documents)), "2026-11-21", {"b2b-saas@2": "d"}, 1, "c")


def changed():
    model = msgspec.structs.replace(SHIPPED.model, version=2, title="x" * 700_000)
    return msgspec.structs.replace(SHIPPED, models=(model,))


def test_until_something_is_published_the_layers_documents_are_in_force(aws):
    """Release 0 of version 0."""
    assert stored().published().documents == SHIPPED
    assert (stored().latest(), stored().releases(), stored().versions()) == (Release(0, 0), [], [])


def test_a_sandbox_starts_by_what_came_with_the_layer(aws, monkeypatch):
    """Nothing has to be published first. Where the table can't be asked it starts too, and the first request asks."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "api")
    monkeypatch.setenv("LEADLIGHT_RECORDS_TABLE", "records")
    monkeypatch.setattr(wiring, "_shipped", lambda: SHIPPED)
    monkeypatch.setattr(wiring, "_ENVIRONMENT", Environment())
    monkeypatch.setattr(wiring, "_current", wiring.AwsPorts(Environment()))
    wiring.prepare("documents", "portfolio")
    assert wiring.ports().documents == SHIPPED
    aws.delete_table(TableName="records")
    monkeypatch.setattr(wiring, "_current", wiring.AwsPorts(Environment()))
    wiring.prepare("documents", "portfolio")
    with pytest.raises(Unavailable):
        assert wiring.ports().documents


def test_a_draft_is_kept_whole_and_of_two_publishes_one_wins(aws):
    """Documents larger than an item are stored in parts; a number is taken once."""
    models, documents = stored(), changed()
    models.draft(version(1, documents), documents)
    with pytest.raises(Conflict):
        models.draft(version(1, SHIPPED), SHIPPED)
    assert models.documents(models.versions()[0]) == documents
    models.publish(Release(1, 1, rate=5))
    with pytest.raises(Conflict):
        models.publish(Release(1, 0))
    assert models.latest() == Release(1, 1, rate=5)
    assert models.releases() == [Release(1, 1, rate=5)]


def test_what_is_in_force_is_asked_for_again_after_some_seconds(aws):
    """By the clock on the wall: a sandbox sleeps between invocations. One that went back counts as asked long ago."""
    clock = Clock()
    models, documents = stored(clock), changed()
    assert models.published().release.number == 0
    models.draft(version(1, documents), documents)
    models.publish(Release(1, 1))
    clock.now += 14
    assert models.published().release.number == 0
    clock.now += 1
    first = models.published()
    assert (first.release.number, first.documents) == (1, documents)
    clock.now -= 500
    assert models.published() is first


def test_a_page_is_noted_once(aws):
    """By the number of the page before; a run that is there stays as it is."""
    url = clients.client("sqs").get_queue_url(QueueName="runs")["QueueUrl"]
    runs = QueuedRuns("records", url, settle_seconds=90)
    assert (runs.get("publish-1"), runs.checkpoint("publish-1", 1)) == (None, Checkpoint(1))
    runs.begin(RUN, now=0)
    runs.advance("publish-1", Checkpoint(1, page=1, after="ld_a#state", seen=7))
    runs.begin(RUN, now=0)
    with pytest.raises(Conflict):
        runs.advance("publish-1", Checkpoint(1, page=1, seen=9))
    assert runs.get("publish-1") == RUN
    assert runs.checkpoint("publish-1", 1).seen == 7
    runs.send(Task("publish-1", 1, 2, "ld_a#state"), delay=0)
    [message] = clients.client("sqs").receive_message(QueueUrl=url)["Messages"]
    assert msgspec.json.decode(message["Body"], type=Task) == Task("publish-1", 1, 2, "ld_a#state")


def test_a_publish_is_kept_for_good_and_a_sweep_for_400_days(aws):
    """A publish that is missing never began, and a night would begin it."""
    runs = QueuedRuns("records", "", settle_seconds=90)
    runs.begin(RUN, now=0)
    runs.begin(msgspec.structs.replace(RUN, id="sweep-2026-11-21", kind="sweep"), now=0)
    items = aws.scan(TableName="records")["Items"]
    ends = {(each["pk"]["S"], each.get("expires_at", {}).get("N")) for each in items}
    assert ends == {("run#publish-1", None), ("run#sweep-2026-11-21", str(400 * 86_400))}
    assert len(items) == 6


def test_what_cannot_be_read_has_its_place_in_a_page(aws):
    """A format of another time, a history that is gone, enrollments that are none: each with its reason."""
    leads = DynamoLeads("leads")
    for n in range(3):
        leads.put(LeadState(f"ld_{n}"))
        aws.update_item(
            TableName="leads",
            Key={"lead_id": {"S": f"ld_{n}"}, "item": {"S": "state"}},
            **(
                {"UpdateExpression": "REMOVE outbox"},
                {
                    "UpdateExpression": "SET #base = :b",
                    "ExpressionAttributeNames": {"#base": "base"},
                    "ExpressionAttributeValues": {":b": {"N": "9"}},
                },
                {"UpdateExpression": "SET fold = :b", "ExpressionAttributeValues": {":b": {"B": b"\xc1"}}},
            )[n],
        )
    leads.put_nurture(NurtureState("ld_0"))
    key = {"lead_id": {"S": "ld_0"}, "item": {"S": "nurture"}}
    change = {"UpdateExpression": "SET body = :b", "ExpressionAttributeValues": {":b": {"S": "{}"}}}
    aws.update_item(TableName="leads", Key=key, **change)
    page = leads.page(0, 1, after="", limit=100)
    assert [state.lead_id for state in page.states] == ["ld_0"]
    assert {item.place for item in page.items if item.reason} == {"ld_0#nurture", "ld_1#state", "ld_2#state"}
    assert next(item for item in page.items if item.lead_id == "ld_1").reason.startswith("Torn: ")


def test_pages_of_all_segments_are_every_item_once(aws):
    """States and enrollments."""
    leads, found = DynamoLeads("leads"), []
    for n in range(7):
        leads.put(LeadState(f"ld_{n}"))
    leads.put_nurture(NurtureState("ld_3"))
    for segment in range(2):
        after, over = "", False
        while not over:
            page = leads.page(segment, 2, after=after, limit=3)
            found += [item.place for item in page.items]
            after, over = page.after, not page.after
    assert sorted(found) == sorted([*(f"ld_{n}#state" for n in range(7)), "ld_3#nurture"])


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_long_history_goes_with_its_state_wherever_a_page_ends(aws, limit):
    """It lies before the enrollments and the state, and may be on the page before."""
    random, leads = Random(1), DynamoLeads("leads")
    counts = {f"signal_{n}": {20_000 + day: random.randint(1, 9) for day in range(90)} for n in range(15)}
    for lead_id in ("ld_a", "ld_b"):
        leads.put(LeadState(lead_id, fold=Fold(signals=counts)))
        leads.put_nurture(NurtureState(lead_id))
    assert aws.scan(TableName="leads")["Count"] == 6
    states, after, over = [], "", False
    while not over:
        page = leads.page(0, 1, after=after, limit=limit)
        states += page.states
        after, over = page.after, not page.after
    assert {state.lead_id: state.fold.signals for state in states} == {"ld_a": counts, "ld_b": counts}
