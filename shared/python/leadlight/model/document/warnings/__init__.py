"""What is allowed and yet doubtful, with the arithmetic: nothing here stops a model from being published."""

from collections.abc import Iterator

from leadlight.model.document.checks import Said
from leadlight.model.document.model import ModelPart
from leadlight.model.document.warnings.bands import overlapping_bands
from leadlight.model.document.warnings.caps import idle_caps
from leadlight.model.document.warnings.idle import idle_criteria, idle_rules, idle_stages, unscored_signals
from leadlight.model.document.warnings.reach import unreachable
from leadlight.model.structs import Model
from leadlight.signals import Catalogue

__all__ = ["idle_rules", "warnings"]


def warnings(part: ModelPart, model: Model, catalogue: Catalogue) -> Iterator[Said]:
    """Where something is doubtful, as a path into the model's document, and why."""
    yield from unreachable(model)
    yield from idle_criteria(part, model, catalogue)
    yield from idle_stages(model)
    yield from unscored_signals(part)
    yield from overlapping_bands(model)
    yield from idle_caps(model)
