"""What a fold knows longer than its facts are stored: counted facts expire, and the first contact was one of them."""

from leadlight.activity.identity import strength
from leadlight.activity.order_key import day_of
from leadlight.state.fold import MOST_IDENTITIES, Fold


def carry(rebuilt: Fold, stored: Fold) -> None:
    """Gives a fold that was made anew what only expired facts said: who it was, and how it first came.

    Where the first contact lies within retention every fact is still stored, and nothing is carried. Changes `rebuilt`.
    """
    if stored.first is None or day_of(stored.first.order_key) > rebuilt.pruned:
        return
    if rebuilt.first is None or stored.first[:2] < rebuilt.first[:2]:
        rebuilt.first = stored.first
    rebuilt.untimed = rebuilt.untimed or stored.untimed
    rebuilt.identities = set(sorted(rebuilt.identities | stored.identities, key=strength)[:MOST_IDENTITIES])
