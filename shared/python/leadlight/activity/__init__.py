"""What a lead did, and who it was: the stored inputs that everything else follows from."""

from leadlight.activity.activity import Activity, Scalar
from leadlight.activity.fact import Fact, Kind, facts_of
from leadlight.activity.identity import Identity, account_id_of, is_account, lead_id_of, strongest

__all__ = [
    "Activity",
    "Fact",
    "Identity",
    "Kind",
    "Scalar",
    "account_id_of",
    "facts_of",
    "is_account",
    "lead_id_of",
    "strongest",
]
