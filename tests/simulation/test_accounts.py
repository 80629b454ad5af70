"""Leads and their accounts under crashes, duplicates, reordering and concurrent invocations at every I/O point."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from leadlight.activity import is_account
from leadlight.adapters.account_items import membership_from_item
from leadlight.adapters.fact_items import readable
from leadlight.ports import Conflict, Ports, Unavailable
from leadlight.runtime import accounts, membership
from leadlight.state import Change, Fold, LeadState, apply
from leadlight.state.company import account_of, known_of_account, named
from tests.simulation.account_traffic import AccountTraffic
from tests.simulation.simulation import Outcome, Simulation
from tests.simulation.world import World, documents, portfolio

CHUNK = 25


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One seed for every ten that `--seeds` says."""
    if "first" in metafunc.fixturenames:
        metafunc.parametrize("first", range(0, max(1, metafunc.config.getoption("seeds") // 10), CHUNK))


def run(seed: int) -> Outcome:
    return Simulation(seed, traffic=AccountTraffic).run()


def breaches(outcome: Outcome) -> Iterator[str]:
    """What does not hold once the world is at rest."""
    world = outcome.world
    for error in outcome.errors:
        if not isinstance(error, Unavailable | Conflict) and type(error).__name__ != "BatchProcessingError":
            yield repr(error)
    yield from (f"refused: {answer}" for _, answer in outcome.answers if answer["statusCode"] >= 300)
    yield from (f"set aside: {kept.reason}" for kept in world.failed.all.values() if b"#poison" not in kept.raw)
    states = {state.lead_id: state for state in world.leads.scan()}
    for account_id in {lead_id for lead_id in world.facts.table.items if is_account(lead_id)}:
        found = known_of_account(states[account_id].fold if account_id in states else Fold())
        if found != (wanted := traits_of(world, account_id)):
            yield f"{account_id} knows {found}, not {wanted}"
        if other := named(found.get("account")):
            told = [fact for fact in readable(world.facts.table.query(account_id, "")) if "account" not in fact.values]
            yield from (f"{other} lacks {fact}" for fact in told if fact.key not in world.facts.table.items[other])
    for lead_id, state in states.items():
        if not is_account(lead_id):
            yield from (f"{lead_id} {what}" for what in wrong(state, states, world))


def wrong(state: LeadState, states: dict[str, LeadState], world: World) -> Iterator[str]:
    """What is wrong with a lead: it belongs where its facts say, is known there, and knows what its account knows."""
    fold = state.fold
    if fold.account != account_of(fold, free_mail=documents().free_mail):
        yield f"belongs to {fold.account}"
    if not fold.account:
        return
    member = world.facts.table.get(fold.account, f"member#{state.lead_id}")
    if member is None or membership_from_item(member).version > state.version or fold.account not in states:
        yield f"is no lead of {fold.account}: {member}"
    account = states.get(fold.account)
    told = account.fold.companies.get(fold.account) if account else None
    held = fold.companies.get(fold.account)
    if (held and (held.version, held.traits)) != (told and (told.version, told.traits)):
        yield f"was told {held}, not {told}"
    if account and "account" in account.fold.traits:
        yield f"does not know the other name of {fold.account}"
    if state.totals != portfolio().of(fold, state.as_of).totals(fold, state.as_of):
        yield f"has the score {state.totals}"


def traits_of(world: World, account_id: str) -> dict[str, Any]:
    """An account's traits by a single pass over its stored facts in their order."""
    fold = Fold()
    facts = sorted(readable(world.facts.table.query(account_id, "")), key=lambda fact: fact.order_key)
    for fact in facts:
        apply(fold, [Change(fact)], signals_of=lambda *_: (), facts_on=lambda _: [])
    return known_of_account(fold)


def test_leads_and_accounts_agree_once_everything_is_delivered(first: int) -> None:
    """Each lead is among its account's leads, and knows the traits that its account has in the end."""
    for seed in range(first, first + CHUNK):
        found = list(breaches(run(seed)))
        assert not found, (seed, found)


def _never_sure(patch: pytest.MonkeyPatch) -> None:
    """The account is read as it may have been before."""
    saved = accounts._saved

    def stale(news: Any, joined: Any, ports: Ports) -> LeadState:
        state = saved(news, joined, ports)
        return state if news.changes else ports.leads.get(news.lead_id, consistent=False) or state

    patch.setattr(accounts, "_saved", stale)


def _joins_afterwards(patch: pytest.MonkeyPatch) -> None:
    """A lead joins its account after it is saved as a member: a crash between the two is forever."""
    join, leave = membership.join, membership.leave

    def after(state: LeadState, news: Any, ports: Ports, *, was: str) -> None:
        if state.fold.account and state.fold.account != was:
            state.version -= 1
            join(state, ports, was=was)
            state.version += 1
        leave(state, news, ports, was=was)

    patch.setattr(membership, "join", lambda *_, **__: None)
    patch.setattr(membership, "leave", after)


def _asks_nothing(patch: pytest.MonkeyPatch) -> None:
    """What a lead is told does not say what it answers: one that comes back is told nothing new."""
    tell = accounts._tell
    patch.setattr(
        accounts, "_tell", lambda members, *rest, **more: tell([m._replace(version=0) for m in members], *rest, **more)
    )


def _keeps_to_itself(patch: pytest.MonkeyPatch) -> None:
    """An account that goes by another name does not hand its facts on."""
    patch.setattr(accounts, "_forward", lambda *_: None)


@pytest.mark.parametrize(
    "mutation", [_never_sure, _joins_afterwards, _asks_nothing, _keeps_to_itself], ids=lambda each: each.__doc__
)
def test_without_a_mechanism_leads_and_accounts_disagree(
    mutation: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of them is there for a reason: without it, some seed breaks a promise."""
    mutation(monkeypatch)
    assert any(list(breaches(run(seed))) for seed in range(200))
