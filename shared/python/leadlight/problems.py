"""Why a request was turned away. Each problem names the field and the fix, and has its own HTTP status."""

from collections.abc import Mapping, Sequence
from typing import Any


class Problem(Exception):
    """A request that can't be served as it is.

    `slug` is the stable name of the problem (the end of its RFC 9457 type), `field` what it is about,
    `detail` what was found and what to do; `errors`, where a batch was refused, says so of each part of it.
    """

    status = 400
    slug = "bad-request"
    title = "Bad request"
    retry_after = 0
    errors: Sequence[Mapping[str, Any]] = ()

    def __init__(self, detail: str, *, field: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field


class InvalidSignature(Problem):
    """The request does not prove that the vendor sent it."""

    status, slug, title = 401, "invalid-signature", "The signature does not match"


class MalformedEvent(Problem):
    """The request is genuine, and what it says can't be understood."""

    status, slug, title = 422, "malformed-event", "The request can't be understood"


class NotJson(MalformedEvent):
    """The body is not JSON at all."""

    status, slug, title = 400, "not-json", "The body is not JSON"


class MissingIdentity(MalformedEvent):
    """Nothing says whose activity it is."""

    slug, title = "missing-identity", "Nobody to score"


class UnknownType(MalformedEvent):
    """The type is none that this stack knows."""

    slug, title = "unknown-type", "Unknown type"


class FutureTime(MalformedEvent):
    """The activity would occur more than a day from now."""

    slug, title = "time-in-the-future", "The time is in the future"


class UnknownSource(Problem):
    """No translator has this name."""

    status, slug, title = 404, "unknown-source", "Unknown source"


class BodyTooLarge(Problem):
    """The body is over the limit."""

    status, slug, title = 413, "body-too-large", "The body is too large"


class NotFound(Problem):
    """There is no such thing."""

    status, slug, title = 404, "not-found", "Not found"


class Overtaken(Problem):
    """Somebody else did something meanwhile that this request did not know of."""

    status, slug, title = 409, "overtaken", "Somebody else was first"


class TryAgain(Problem):
    """A table or service can't be reached now. The same request may go through later; what it stored does no harm."""

    status, slug, title, retry_after = 503, "try-again", "Try again", 1


class Fault(Problem):
    """Our own error; the log says more under the correlation id."""

    status, slug, title = 500, "fault", "Something went wrong here"
