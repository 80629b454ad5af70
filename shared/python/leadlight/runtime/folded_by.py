"""By which catalogue the stored folds are made.

A deployment may change the catalogue that is shipped; it touches no fold. So it is noted which one the folds are of,
and a publish that finds another makes them anew from the facts.
"""

from contextlib import suppress

import msgspec

from leadlight.adapters.models import digest_of
from leadlight.model import Documents, Model
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


def is_other(documents: Documents, current: Release, ports: Ports) -> bool:
    """Whether some folds are of another catalogue than these documents', while a release is in force."""
    wanted = digest(documents.catalogue)
    if current.catalogue not in ("", wanted):
        return True
    return digest(_in_force(current, ports).catalogue) != wanted


def _in_force(current: Release, ports: Ports) -> Documents:
    if not current.version:
        return ports.models.shipped()
    return ports.models.documents(next(each for each in ports.models.versions() if each.version == current.version))
