"""Numbers in a query: what is none is refused, and named."""

import pytest

from leadlight.problems import MalformedEvent
from leadlight.runtime.api.outlook import days_asked
from leadlight.runtime.query import limit_of


@pytest.mark.parametrize("given", ["0", "-1", "1.5", "many", "9" * 10, "9" * 5000, "²"])
def test_what_is_no_number_in_bounds_is_refused(given: str) -> None:
    """However long it is; the answer repeats only its beginning."""
    for field, ask in (("limit", lambda: limit_of(given, default=5, most=50)), ("days", lambda: days_asked(given))):
        with pytest.raises(MalformedEvent, match=f"{field} must be a number from 1 to") as found:
            ask()
        assert found.value.field == field
        assert len(found.value.detail) < 100


def test_a_number_in_bounds_is_taken() -> None:
    """And where nothing is asked, what is usual."""
    assert (limit_of("7", default=5, most=50), limit_of(None, default=5, most=50), days_asked("30")) == (7, 5, 30)
    assert days_asked(None) is None
