"""A backtest as the terminal shows it: the bands, the gains curve, and the thresholds with their arithmetic."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from leadlight.cli.screen import text

BAR = 50
_HEAD = "bold"


def picture(view: Mapping[str, Any], *, title: str) -> RenderableType:
    """All of a backtest; `view` is what --json prints."""
    parts: list[RenderableType] = [text(title, _HEAD), *_figures(view), "", _bands(view)]
    if view["conversions"]:
        parts += ["", Text("gains: of all wins, how many lie in the best ... of the leads", style=_HEAD), _gains(view)]
    parts += ["", Text("thresholds that this history supports", style=_HEAD), *_proposed(view)]
    if view["in_model"]:
        parts += ["", Text("the model's own thresholds", style=_HEAD), *map(_own, view["in_model"])]
    return Group(*parts)


def _figures(view: Mapping[str, Any]) -> Iterator[Text]:
    top = view["top_decile"]
    yield text(f"{view['leads']:,} leads, {view['conversions']:,} won: {_percent(view['base_rate'])}")
    if view["reason"]:
        yield text(f"AUC undefined: it {view['reason']}", "yellow")
    else:
        yield text(f"AUC {view['auc']:.4f}")
    if top["lift"] is not None:
        rate = _percent(top["won"] / top["leads"])
        yield text(f"top-decile lift {top['lift']:.2f}: of the best {top['leads']:,.1f}, {top['won']:,.1f} won, {rate}")


def _bands(view: Mapping[str, Any]) -> Table:
    table = _table("score", "leads", "won", "rate", "lift")
    for band in view["bands"]:
        table.add_row(
            f"{band['from']} to {band['to']}",
            f"{band['leads']:,}",
            f"{band['won']:,}",
            _percent(band["rate"]),
            "" if band["lift"] is None else f"{band['lift']:.2f}",
            _bar(band["rate"], view["base_rate"]),
        )
    table.columns[-1].header = Text("won, ┊ all leads", style="dim")
    return table


def _gains(view: Mapping[str, Any]) -> Table:
    table = _table("best", "of all wins", "lift")
    for gain in view["gains"]:
        lift = f"{gain['lift']:.2f}"
        table.add_row(_percent(gain["best"], 0), _percent(gain["captured"]), lift, _bar(gain["captured"], gain["best"]))
    table.columns[-1].header = Text("┊ by chance", style="dim")
    return table


def _table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style=_HEAD)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    return table


def _bar(share: float, mark: float) -> Text:
    """A share as a bar, with a mark to hold it against."""
    full, place = round(share * BAR), min(round(mark * BAR), BAR - 1)
    cells = ["█" if cell < full else " " for cell in range(BAR)]
    cells[place] = "┊"
    return Text("".join(cells).rstrip())


def _proposed(view: Mapping[str, Any]) -> Iterator[Text]:
    for found in view["proposed"]:
        why = f" ({found['odds']} times the odds of an average lead)" if found["odds"] else ""
        wanted = f"{found['stage']}: at least {_percent(found['target'])} won{why}"
        if found["score"] is None:
            yield text(f"{wanted}: no score reaches it with 95 % confidence", "yellow")
        else:
            yield text(f"{wanted}: score {found['score']} or more: {_worth(found)}")


def _own(found: Mapping[str, Any]) -> Text:
    grade = f" and grade {found['grade']} or better" if found["grade"] != "D" else ""
    entered = f"{found['stage']}: score {found['score']} or more{grade}"
    if not found["leads"]:
        return text(f"{entered}: no lead reaches it", "yellow")
    return text(f"{entered}: {_worth(found)}")


def _worth(found: Mapping[str, Any]) -> str:
    low, high = (_percent(end) for end in found["interval"])
    gained = "" if found["captured"] is None else f"; {_percent(found['captured'])} of all wins"
    return (
        f"{found['won']:,} of {found['leads']:,} won = {_percent(found['precision'])} (95 %: {low} to {high}){gained}"
    )


def _percent(share: float, decimals: int = 1) -> str:
    return f"{share * 100:.{decimals}f} %"
