"""Documents come in as drafts, are put in force, and leave it when others are; older ones can be put in force again."""

import re
import struct
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import islice

from leadlight.activity.order_key import day_number, timestamp
from leadlight.adapters.models import digest_of
from leadlight.model import Documents, Model, decode, encode
from leadlight.model.sound import faults
from leadlight.ports import Conflict, Ports
from leadlight.problems import MalformedEvent, NotFound, Overtaken
from leadlight.releases import Release, Told, Version
from leadlight.runtime import folded_by, runs
from leadlight.runtime.folded_by import digest as digest_of_part
from leadlight.runtime.rehearsal import rehearse

_ATTEMPTS = 5
_MOST_FAULTS = 20  # that are told at once
_FIX = "`leadlight draft` checks, makes and sends them"


def draft(raw: bytes, ports: Ports) -> Version:
    """Stores documents as a draft; the same ones again are the version that they were.

    Raises:
        MalformedEvent: they can't score, or name content that another version has under the same name.
        Overtaken: others uploaded again and again.
    """
    folded_by.note(ports)
    documents = _checked(raw, ports)
    digest = digest_of(encode(documents))
    for _ in range(_ATTEMPTS):
        known = ports.models.versions()
        held = next((version for version in known if version.digest == digest), None)
        if held:
            return held
        _refuse_reused_names(documents, known, ports)
        version = Version(
            version=known[-1].version + 1 if known else 1,
            digest=digest,
            created_at=timestamp(ports.now()),
            models=_digests(documents.models),
            catalogue=documents.catalogue.version,
            catalogue_digest=digest_of_part(documents.catalogue),
        )
        try:
            ports.models.draft(version, documents)
        except Conflict:
            continue
        return version
    raise Overtaken("others are uploading drafts; send the same request again")


def publish(version: int, ports: Ports, *, after: int, rate: int, announce: tuple[Told, ...]) -> Release:
    """Puts a version in force after a release that the operator knows of; begins to rescore everybody.

    The same request again goes on with what it began.

    Raises:
        NotFound: there is no such version.
        Overtaken: another release is in force by now.
    """
    documents, current = documents_of(version, ports), ports.models.latest()
    if current.number == after:
        release = Release(
            number=after + 1,
            version=version,
            published_at=timestamp(ports.now()),
            rate=rate,
            announce=announce,
            from_facts=_needs_facts(documents, current, ports),
            catalogue=digest_of_part(documents.catalogue),
        )
        with suppress(Conflict):  # somebody was first, or it is our own put that went through unheard
            ports.models.publish(release)
        current = ports.models.latest()
    ours = (current.number, current.version, current.rate, current.announce) == (after + 1, version, rate, announce)
    if not ours:
        raise Overtaken(
            f"version {current.version} was published as release {current.number} meanwhile, yours knew of release "
            f"{after}: look at what is in force by now, and publish again",
            field="after",
        )
    runs.publish_run(current, ports)
    return current


def documents_of(version: int, ports: Ports) -> Documents:
    """The documents of a version; raises NotFound where there is none."""
    if not version:
        return ports.models.shipped()
    found = next((each for each in ports.models.versions() if each.version == version), None)
    if found is None:
        raise NotFound(f"no version {version}: GET /v1/models lists them", field="version")
    return ports.models.documents(found)


def _needs_facts(documents: Documents, current: Release, ports: Ports) -> bool:
    """Whether folds have to be made anew: for another catalogue, or one that not every fold was made with yet."""
    if folded_by.is_other(documents.catalogue, documents_of(current.version, ports).catalogue, current):
        return True
    return current.from_facts and not runs.finished(current, ports)


def _checked(raw: bytes, ports: Ports) -> Documents:
    """The CLI has checked what people write; here it is made sure that every function can go by it."""
    try:
        documents = decode(raw)
        encode(documents)
    except (ValueError, OverflowError, RecursionError) as error:
        raise MalformedEvent(f"these are no documents: {error}; {_FIX}", field=_field(str(error))) from error
    found = list(islice(faults(documents), _MOST_FAULTS))
    if found:
        field, fix = found[0]
        refused = MalformedEvent(f"{field}: {fix}; {_FIX}", field=field)
        refused.errors = [{"field": at, "detail": what} for at, what in found]
        raise refused
    try:
        rehearse(documents, day_number(ports.now()))
    except (ValueError, LookupError, TypeError, ArithmeticError, RecursionError, struct.error, re.error) as error:
        raise MalformedEvent(f"nobody can be scored by these documents: {error}; {_FIX}", field="models") from error
    return documents


def _field(said: str) -> str:
    """The path that a decoder's message ends with."""
    found = re.search(r"at `\$\.([^`]+)`$", said)
    return found[1] if found else "body"


def _refuse_reused_names(documents: Documents, known: Iterable[Version], ports: Ports) -> None:
    """A name such as `b2b-saas@3` means one content for good: scores and decisions are told apart by it."""
    shipped = ports.models.shipped()
    taken = [_digests(shipped.models), *(version.models for version in known)]
    for name, digest in _digests(documents.models).items():
        if any(each.get(name, digest) != digest for each in taken):
            raise MalformedEvent(f"{name} was uploaded before with other content: raise its version", field="version")
    number, digest = documents.catalogue.version, digest_of_part(documents.catalogue)
    catalogues = [(shipped.catalogue.version, digest_of_part(shipped.catalogue))]
    catalogues += [(version.catalogue, version.catalogue_digest) for version in known]
    if any(each == number and other != digest for each, other in catalogues):
        raise MalformedEvent(
            f"catalogue {number} was uploaded before with other content: raise its version", field="catalogue.version"
        )


def _digests(models: Iterable[Model]) -> Mapping[str, str]:
    return {model.name: digest_of_part(model) for model in models}
