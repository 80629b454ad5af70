"""Where accounts stand in the ranking: by the scores that their leads have today, as a scan of all states finds."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from leadlight.activity import is_account
from leadlight.activity.order_key import day_number
from leadlight.adapters.lead_items import BUCKET
from leadlight.ports import Conflict, Ports
from leadlight.runtime.accounts import ranked
from leadlight.scoring.account import total_of
from leadlight.state import LeadState


class AccountRanks:
    """The scores of every account's leads, collected while something else reads the states."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._today = day_number(ports.now())
        self._scores: defaultdict[str, list[int]] = defaultdict(list)
        self._stored: dict[str, int] = {}

    def seen(self, states: Iterable[LeadState]) -> Iterator[LeadState]:
        """Hands the states on, and keeps what ranks accounts."""
        for state in states:
            if is_account(state.lead_id):
                if state.totals:
                    self._stored[state.lead_id] = state.totals.score
            elif state.fold.account:
                engine = self._ports.portfolio.of(state.fold, self._today)
                self._scores[state.fold.account].append(engine.totals(state.fold, self._today).score)
            yield state

    def save(self) -> int:
        """Saves the accounts whose bucket in the index is another by now; returns how many they were."""
        rule, saved = self._ports.documents.model.accounts, 0
        for account_id, stored in self._stored.items():
            score = total_of(rule, self._scores[account_id])
            if score // BUCKET != stored // BUCKET:
                saved += self._save(account_id, score)
        return saved

    def _save(self, account_id: str, score: int) -> bool:
        state = self._ports.leads.get(account_id, consistent=True)
        if state is None:
            return False
        try:
            self._ports.leads.put(ranked(state, score, self._ports))
        except Conflict:
            return False  # a lead joined just now: the next rollup sees it
        return True
