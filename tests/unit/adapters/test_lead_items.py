"""Lead states as items: small ones whole, long histories apart; what was stored before still reads."""

from random import Random

import msgspec
import pytest
from msgspec.structs import replace

from leadlight.adapters.lead_items import (
    MOST_ITEM,
    from_item,
    history_from_item,
    history_to_item,
    needs,
    rank_of,
    settled,
    to_item,
    whole,
)
from leadlight.lifecycle.decision import Decision, decode, encode
from leadlight.model.structs import BuyingStage
from leadlight.scoring import Totals
from leadlight.state import Fold, LeadState, codec
from leadlight.state.base import Base
from leadlight.state.lane import Lane
from tests.bench.item_size import size
from tests.unit.events.test_contract import DECISION, decision

TODAY = 20_778
TOTALS = Totals(87, "A", BuyingStage.DECISION, suppressed=False)


def state(signals: int, days: int, **changes) -> LeadState:
    """A lead that did something of so many kinds on each of so many days."""
    random = Random(signals * days)
    counts = {
        f"signal_{number}": {TODAY - day: random.randint(1, 9) for day in range(days)} for number in range(signals)
    }
    keys = [number.to_bytes(14, "big") for number in range(1, 13)]
    fold = Fold(signals=counts, live=Lane(ring=keys))
    return LeadState("ld_a", fold=fold, totals=TOTALS, as_of=TODAY, **changes)


def test_a_typical_lead_is_one_item_of_less_than_a_kilobyte() -> None:
    """Eight signals over eight active days, each signal on some of them."""
    typical = state(8, 3)
    assert size(settled(typical)) < 1024
    assert typical.base is None


def test_a_heavy_lead_is_a_small_item_beside_a_history() -> None:
    """Fifteen signals on each of ninety days: what is written with each activity stays one unit."""
    heavy = state(15, 90)
    item = settled(heavy)
    assert heavy.base
    history = history_to_item("ld_a", heavy.base)
    assert size(item) <= MOST_ITEM + 4
    assert size(item) + size(history) < 3 * 1024
    read = whole(item, history)
    assert read
    assert read.fold == heavy.fold
    assert codec.read(item["fold"]["B"], heavy.base).buckets == codec.read(codec.encode(heavy.fold)).buckets


def test_days_that_came_since_are_written_with_the_state() -> None:
    """Also a day that counts less than the history says, and one that is gone."""
    before = state(15, 90)
    settled(before)
    base = before.base
    fold = replace(before.fold, signals={name: dict(days) for name, days in before.fold.signals.items()})
    fold.signals["signal_1"][TODAY] = 9
    fold.clear(TODAY - 5)
    fold.signals["new"] = {TODAY + 1: 1}
    after = replace(before, version=1, fold=fold, base=base)
    item = settled(after)
    assert after.base is base
    read = from_item(item, base)
    assert read.fold == fold
    assert len(item["fold"]["B"]) < 500


def test_an_item_reads_with_its_own_history_alone() -> None:
    """A history that moved since, or another lead's, does not go with it: the caller reads again."""
    heavy = state(15, 90)
    item = settled(heavy)
    assert heavy.base
    history = history_to_item("ld_a", heavy.base)
    assert needs(item) == heavy.base.version
    assert whole(item, None) is None
    assert whole(item, {**history, "version": {"N": "7"}}) is None
    assert whole(item, {**history, "lead_id": {"S": "ld_b"}}) is None
    with pytest.raises(ValueError, match="needs the history"):
        from_item(item, Base(7, {}, {}))
    assert history_from_item(history) == heavy.base


def test_a_score_near_the_edge_of_its_bucket_stays_in_it() -> None:
    """A move in the ranking costs two writes; the order within a page is by the score of today anyway."""
    ranks = [
        rank_of(to_item(_ranked(score, held))["rank_key"]["S"])[0]
        for score, held in ((87, None), (90, 85), (94, 85), (95, 85), (80, 85), (79, 85))
    ]
    assert ranks == [85, 85, 85, 95, 85, 75]


def _ranked(score: int, held: int | None) -> LeadState:
    return replace(state(1, 1), totals=TOTALS._replace(score=score), rank=held)


def test_an_item_that_was_stored_before_scores_were_short_reads() -> None:
    """Score, grade, buying stage and day were attributes of their own."""
    item = to_item(state(1, 1))
    item |= {
        "score": {"N": "87"},
        "grade": {"S": "A"},
        "buying_stage": {"S": "decision"},
        "as_of": {"N": str(TODAY)},
        "suppressed": {"BOOL": True},
    }
    read = from_item(item)
    assert (read.totals, read.as_of) == (TOTALS._replace(suppressed=True), TODAY)


@pytest.mark.parametrize("suppressed", [False, True])
@pytest.mark.parametrize("model", ["", "b2b-saas@2"])
def test_a_score_names_its_model_and_one_that_does_not_reads(model: str, *, suppressed: bool) -> None:
    """A line that was stored before models were named is one without the word."""
    totals = TOTALS._replace(suppressed=suppressed)
    item = to_item(replace(state(1, 1), totals=totals, model=model))
    assert item["score"]["S"].split(" ")[4:] == [*filter(None, [model]), *["suppressed"] * suppressed]
    read = from_item(item)
    assert (read.totals, read.as_of, read.model) == (totals, TODAY, model)


def test_the_places_of_a_decisions_fields_stay() -> None:
    """An outbox in flight while a new version is deployed names fields by their places: new ones come at the end."""
    assert Decision.__struct_fields__[12:] == (
        *("contactable", "suppressed", "before", "after", "hand_off", "due_at", "campaign", "other", "reasons"),
        "silent",
    )
    loud = decision("scored")
    mixed = [loud, msgspec.structs.replace(loud, silent=True), loud]
    assert decode(encode(mixed)) == mixed


def test_an_outbox_is_short_and_says_everything() -> None:
    """Decisions that are taken together share most of what they say; one that was written whole still reads."""
    kinds = ("stage_changed", "qualified", "scored", "handed_off")
    taken = [decision(kind) for kind in kinds]
    outbox = encode(taken)
    assert decode(outbox) == taken
    assert len(outbox) < 2 * len(encode([DECISION]))
    row = {**msgspec.to_builtins(DECISION), "as_of": "2026-11-20"}
    whole_rows = msgspec.json.encode([{**row, "seq": seq} for seq in (3, 4)]).decode()
    assert [(each.seq, each.as_of) for each in decode(whole_rows)] == [(3, "2026-11-20"), (4, "2026-11-20")]
    assert decode("") == []
