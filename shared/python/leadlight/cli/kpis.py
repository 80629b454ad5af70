import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from leadlight.cli import options
from leadlight.cli.client import Api
from leadlight.cli.errors import OperatorError
from leadlight.cli.help import STACK, examples
from leadlight.cli.screen import print_json, screen, text
from leadlight.cli.tables import kpis_table

_PATIENCE = 120.0


@click.command(epilog=examples(f"kpis --refresh {STACK}", f"kpis --from 2026-01-01 --to 2026-03-31 --json {STACK}"))
@click.option("--refresh", is_flag=True, help="Work the measures out anew first, and wait for them.")
@click.option("--from", "first", metavar="DAY", help="The window's first day, such as 2026-01-01.")
@click.option("--to", "last", metavar="DAY", help="The window's last day.")
@options.url
@options.as_json
def kpis(*, refresh: bool, first: str | None, last: str | None, url: str, as_json: bool) -> None:
    """Show the KPIs, each with what it rests on: what of what, n, window, and what to know about it.

    The stack works them out every hour; --refresh asks it to do so now. An undefined KPI says why. With --json
    the API's document is printed: as_of, kpis[].
    """
    with Api(url) as api:
        found = refreshed(api) if refresh else {}
        if first or last or not found:
            found = api.get("/v1/kpis", **{"from": first, "to": last})
    if as_json:
        print_json(found)
        return
    if found["as_of"] is None:
        raise OperatorError("no KPIs yet: the stack works them out every hour; --refresh does it now")
    console = screen()
    console.print(kpis_table(found["kpis"]))
    console.print(text(f"as of {found['as_of']}", "dim"))


def refreshed(
    api: Api, *, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
) -> dict[str, Any]:
    """The KPIs of a rollup that began after now.

    Raises:
        OperatorError: it was not done after two minutes.
    """
    asked = datetime.fromisoformat(api.call("POST", "/v1/kpis/rollups").body["requested_at"])
    asked = asked.replace(microsecond=asked.microsecond // 1000 * 1000)  # as_of is in whole milliseconds
    deadline, wait = clock() + _PATIENCE, 0.1
    while True:
        found: dict[str, Any] = api.get("/v1/kpis")
        if found["as_of"] and datetime.fromisoformat(found["as_of"]) >= asked:
            return found
        if clock() > deadline:
            raise OperatorError(
                f"the rollup asked for at {asked.isoformat()} is not done yet; look at its dead letters"
            )
        sleep(wait)
        wait = min(wait * 1.5, 2.0)
