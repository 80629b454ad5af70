from collections.abc import Mapping
from datetime import datetime

import msgspec

from leadlight.activity.identity import Identity

Scalar = str | int | float | bool


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a lead did, as a source told it.

    `source` and `id` together name it: the same pair is the same activity, however often it comes.
    `occurred_at` is in UTC, or None where the source gives no time. `properties` say what was done,
    `traits` who did it; both hold plain values only. `account` names the lead's company, `account_traits` say what is
    known of it; a record of a company alone has no `identities`. `user_agent` is that of a visitor.
    """

    source: str
    id: str
    type: str
    occurred_at: datetime | None
    identities: tuple[Identity, ...]
    traits: Mapping[str, Scalar] = {}
    properties: Mapping[str, Scalar] = {}
    account: tuple[Identity, ...] = ()
    account_traits: Mapping[str, Scalar] = {}
    user_agent: str = ""
