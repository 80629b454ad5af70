"""`python -m tests.bench`: measure, write build/bench.json, print a table. `--quick` only shows that all of it runs."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from tests.bench import (
    accounts,
    bulk,
    engine,
    hot,
    imports,
    ingest_cpu,
    init,
    layer_size,
    memory,
    price,
    rescored,
    units,
)
from tests.bench.price import Part
from tests.bench.row import Row

RESULT = Path(__file__).resolve().parents[2] / "build" / "bench.json"


def measure(*, quick: bool) -> tuple[list[Row], dict[str, list[Part]]]:
    """Every row, and the bills behind the prices."""
    found = engine.rows(quick=quick) + bulk.rows(quick=quick)
    of_units, usage = units.rows(quick=quick)
    cpu = ingest_cpu.rows(quick=quick)
    assert cpu[0].value is not None
    assert cpu[0].peer_value is not None
    priced, bill = price.rows(usage, ingest_ms=cpu[0].value, put_ms=cpu[0].peer_value)
    of_units += imports.rows(quick=quick)
    of_rescored, done = rescored.rows(quick=quick)
    priced_leads, bills = price.rows_of_rescored(done, put_ms=cpu[0].peer_value)
    return [
        *found,
        *of_units,
        *accounts.rows(quick=quick),
        *cpu,
        *init.rows(quick=quick),
        *hot.rows(quick=quick),
        *memory.rows(quick=quick),
        *layer_size.rows(),
        *priced,
        *of_rescored,
        *priced_leads,
    ], {"activities": bill, **{f"leads, {name}": each for name, each in bills.items()}}


def table(found: Sequence[Row], *, quick: bool) -> Table:
    """The rows for people."""
    title = "Leadlight's benchmark" + (" (quick: the numbers mean nothing)" if quick else "")
    made = Table("what", "value", "peer", "of the peer", "ratio", "budget", "", title=title)
    for row in found:
        made.add_row(
            row.name,
            f"{_number(row.value)} {row.unit}",
            row.peer or "",
            _number(row.peer_value) if row.peer else "",
            f"{row.ratio:.2f} x" if row.ratio is not None else "",
            row.budget or "",
            {True: "[green]ok[/]", False: "[red]over[/]", None: ""}[row.ok],
        )
    return made


def main() -> None:
    """Measures everything; exits 0 whether the budgets are kept or not: the file says so."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a hundredth of the work, to see that it runs")
    quick = parser.parse_args().quick
    found, bills = measure(quick=quick)
    result = RESULT.with_stem("bench-quick") if quick else RESULT
    result.parent.mkdir(exist_ok=True)
    result.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(table(found, quick=quick))
    console.print(price.__doc__)
    for name, bill in bills.items():
        console.print(f"a million {name}:", highlight=False)
        for part in bill:
            console.print(f"  {part.name:12} ${part.dollars:.3f} = {part.formula}", highlight=False)
    console.print(f"written to {result}")


def _number(value: float | None) -> str:
    return "not measured" if value is None else f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"


if __name__ == "__main__":
    main()
