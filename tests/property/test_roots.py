"""Who is one person: worked out at once from the facts, it is what the graph of all that was said says."""

from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from leadlight.activity import Activity, Fact, Identity, Kind, facts_of
from leadlight.activity.fact import OF_TWO
from leadlight.merge import roots, united
from tests.property.histories import START
from tests.simulation.reference import roots_by_graph

NAMES = [Identity(kind, f"{kind}{number}") for kind in ("email", "user", "crm", "anonymous") for number in range(3)]
_identities = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True)
_pairs = st.lists(st.sampled_from(NAMES), min_size=2, max_size=2, unique=True)
_said = st.one_of(
    st.tuples(st.sampled_from(("page_viewed", "lead_identified", "consent_given")), _identities),
    st.tuples(st.sampled_from(OF_TWO), _pairs),
    st.tuples(st.sampled_from(("identity_shared", "identity_personal")), st.sampled_from(NAMES).map(lambda one: [one])),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    """Facts of a dozen identities, statements of a team among them; an activity may come under several leads."""
    drawn = draw(st.lists(st.tuples(_said, st.integers(0, 9), st.booleans()), max_size=24))
    found: dict[tuple[str, str], Fact] = {}
    for number, ((kind, identities), minute, again) in enumerate(drawn):
        activity = Activity(
            source="tool",
            id=f"a{minute}" if again else f"b{number}",
            type=kind,
            occurred_at=START + timedelta(minutes=minute),
            identities=tuple(identities),
        )
        found |= {(fact.lead_id, fact.key): fact for fact in facts_of(activity, received_at=START)}
    return list(found.values())


@given(histories())
def test_roots_are_those_of_the_graph(facts: list[Fact]) -> None:
    """Every lead that a fact names, joined by evidence and by a team's word, parted by its latest word."""
    assert roots(facts) == roots_by_graph(facts)


@given(histories(), st.randoms(use_true_random=False))
def test_order_never_matters(facts: list[Fact], random: Random) -> None:
    """Neither to who is one person, nor to what counts for it."""
    shuffled = random.sample(facts, k=len(facts))
    root_of = roots(shuffled)
    assert root_of == roots(facts)
    counting = {root: set(map(_place, held)) for root, held in united(facts, root_of).items()}
    assert counting == {root: set(map(_place, held)) for root, held in united(shuffled, root_of).items()}


@given(histories())
def test_each_fact_of_a_person_counts_once(facts: list[Fact]) -> None:
    """As its own lead says it, else as the first owner does; what is said of an identity stays with its own lead."""
    root_of = roots(facts)
    for root, held in united(facts, root_of).items():
        wanted: dict[tuple[str, bytes], str] = {}
        for fact in facts:
            if root_of[fact.lead_id] == root and (fact.kind is not Kind.IDENTITY or fact.lead_id == root):
                place, owner = (fact.kind, fact.order_key), "" if fact.lead_id == root else fact.lead_id
                wanted[place] = min(owner, wanted.get(place, owner))
        assert {(fact.kind, fact.order_key): fact.owner for fact in held} == wanted
        assert len(held) == len(wanted)


def _place(fact: Fact) -> tuple[str, str, str, str]:
    return fact.kind, fact.type, fact.key, fact.owner
