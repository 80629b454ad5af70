"""What is wrong with a document, or doubtful: where it stands, and what to do."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

Level = Literal["error", "warning"]
Where = tuple[str | int, ...]
_NAMES = ("id", "enter", "signal")  # what people know a part of a list by


class Finding(NamedTuple):
    """An error, which can't be published, or a warning; `str` gives `file:line: field: text`."""

    level: Level
    file: Path
    line: int
    field: str
    text: str

    def __str__(self) -> str:
        kind = "warning: " if self.level == "warning" else ""
        return f"{self.file}:{self.line}: {kind}{self.field}: {self.text}"


def found(level: Level, tree: Any, path: Path, where: Sequence[str | int], text: str) -> Finding:
    """A finding at a part of a document."""
    return Finding(level, path, line_of(tree, where), field_of(tree, where), text)


def by_line(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in the order of files and lines."""
    return sorted(findings, key=lambda finding: (str(finding.file), finding.line))


def line_of(node: Any, where: Sequence[str | int]) -> int:
    """The line of a part; of what holds it where it is missing."""
    line = 0
    for step in where:
        try:
            marks = node.lc
            line = (marks.key if isinstance(node, dict) else marks.item)(step)[0]
            node = node[step]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return int(line) + 1


def field_of(node: Any, where: Sequence[str | int]) -> str:
    """A part's place as people say it: `signals.pricing_page.cap`."""
    steps: list[str] = []
    for step in where:
        name = name_in(node, step) if isinstance(node, list) and isinstance(step, int) else None
        steps.append(name or str(step))
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            node = None
    return ".".join(steps) or "document"


def name_in(parts: Sequence[Any], index: int) -> str | None:
    """What people call a part of a list; None where it has no name, or shares it."""
    for kind in _NAMES:
        names = [part.get(kind) if isinstance(part, Mapping) else None for part in parts]
        if any(names):
            name = names[index] if index < len(names) else None
            return name if isinstance(name, str) and names.count(name) == 1 else None
    return None
