"""Everything that is wrong or doubtful with the documents of a stack: what `leadlight validate` prints."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from leadlight.model.document.checks import used_signals
from leadlight.model.document.finding import Finding, by_line, found
from leadlight.model.document.read import ReadCatalogue, ReadModel, open_catalogue, open_model, together
from leadlight.model.document.tree import InvalidDocument
from leadlight.model.document.warnings import idle_rules, warnings
from leadlight.model.structs import Model
from leadlight.signals import Catalogue


@dataclass(slots=True)
class Review:
    """What was read, and what was found: errors first, each in the order of files and lines."""

    catalogue: Catalogue | None = None
    models: list[Model] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def errors(self) -> list[Finding]:
        """What can't be published."""
        return [finding for finding in self.findings if finding.level == "error"]

    @property
    def warnings(self) -> list[Finding]:
        """What is doubtful."""
        return [finding for finding in self.findings if finding.level == "warning"]


def review(models: Sequence[Path], catalogue: Path) -> Review:
    """Reads models, in order of precedence, over one catalogue."""
    result = Review()
    try:
        signals = open_catalogue(catalogue)
    except InvalidDocument as error:
        result.findings = error.findings
        return result
    result.catalogue = signals.catalogue
    opened: list[ReadModel] = []
    for path in models:
        try:
            opened.append(open_model(path, signals.catalogue))
        except InvalidDocument as error:
            result.findings += error.findings
    result.models = [each.model for each in opened]
    if len(opened) == len(models):
        result.findings += _beside(opened)
        result.findings += by_line(_doubts(opened, signals))
    return result


def _beside(opened: Sequence[ReadModel]) -> list[Finding]:
    problems = together(opened)
    if len(opened) == 1:  # one of several may be checked by itself
        return [problem._replace(level="warning") for problem in problems]
    for each in opened[:-1]:
        if not each.model.audience:
            text = "is for everybody, as it has no audience: models after it are no lead's primary one"
            problems.append(found("warning", each.tree, each.path, ("model",), f"{each.model.id} {text}"))
    return problems


def _doubts(opened: Sequence[ReadModel], signals: ReadCatalogue) -> Iterator[Finding]:
    for each in opened:
        for where, text in warnings(each.part, each.model, signals.catalogue):
            yield found("warning", each.tree, each.path, where, text)
    for where, text in idle_rules(signals.catalogue):
        yield found("warning", signals.tree, signals.path, where, text)
    read = {signal for each in opened for _, signal in used_signals(each.part)}
    read |= {signal for each in opened for signal in each.part.unscored}
    for index, rule in enumerate(signals.catalogue.signals):
        if rule.signal not in read:
            read.add(rule.signal)
            text = f"no model reads {rule.signal}; a model may leave it out on purpose: unscored: [{rule.signal}]"
            yield found("warning", signals.tree, signals.path, ("signals", index, "signal"), text)
