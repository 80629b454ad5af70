"""By which catalogue the stored folds are made.

A deployment may change the catalogue that is shipped; it touches no fold. So it is noted which one the folds are of,
and a publish that finds another makes them anew from the facts.
"""

from contextlib import suppress

import msgspec

from leadlight.adapters.models import digest_of
from leadlight.model import Model
from leadlight.ports import Conflict, Ports
from leadlight.releases import Release
from leadlight.signals import Catalogue


def digest(part: Model | Catalogue) -> str:
    """What names the content of a model or a catalogue."""
    return digest_of(msgspec.json.encode(part, order="deterministic"))[:16]


def note(ports: Ports) -> None:
    """Notes by which catalogue folds are made before anything was published; what was noted first stays."""
    current = ports.models.latest()
    if not current.number and not current.catalogue:
        with suppress(Conflict):
            ports.models.publish(Release(0, 0, catalogue=digest(ports.models.shipped().catalogue)))


def is_other(wanted: Catalogue, in_force: Catalogue, current: Release) -> bool:
    """Whether some folds are of another catalogue than a wanted one, while a release is in force."""
    return current.catalogue not in ("", digest(wanted)) or in_force != wanted
