"""The stack's HTTP API, signed with the operator's own AWS credentials."""

import re
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import quote, urlencode

import botocore.session
import msgspec
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError

from leadlight.cli.errors import OperatorError

AGAIN = frozenset({429, 500, 502, 503, 504})  # every call here may be sent again: its effect is the same
ATTEMPTS = 6
LONGEST_WAIT = 8.0
_REGION = re.compile(r"\.execute-api\.([a-z0-9-]+)\.")
_TIMEOUT = urllib3.Timeout(connect=5, read=35)  # API Gateway gives up after 30


class Answer(NamedTuple):
    """What the API answered; `body` is decoded JSON, None where it is none."""

    status: int
    body: Any


class ApiError(OperatorError):
    """The API refused, or can't be reached."""

    def __init__(self, message: str, *, answer: Answer | None = None) -> None:
        super().__init__(message)
        self.answer = answer


class Api:
    """One stack's API; may be shared between threads."""

    def __init__(self, url: str, *, connections: int = 4, sleep: Callable[[float], None] = time.sleep) -> None:
        if not re.match(r"https?://[^/]", url):
            raise OperatorError(f"--url must start with https://, found {url!r}: give the stack's output ApiUrl")
        self.url = url.rstrip("/")
        self._sleep = sleep
        self._signer = _signer(self.url)
        self._pool = urllib3.PoolManager(maxsize=connections, block=True, retries=False, timeout=_TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.clear()

    def get(self, path: str, **query: str | int | None) -> Any:
        """The decoded answer of a GET; options that are None are left out.

        Raises:
            ApiError: the API refused, or can't be reached.
        """
        given = {name: value for name, value in query.items() if value is not None}
        return self.call("GET", path + (f"?{urlencode(given, quote_via=quote)}" if given else "")).body

    def call(self, method: str, path: str, *, body: bytes = b"", content_type: str = "application/json") -> Answer:
        """Sends one request, again where it may go through later.

        Raises:
            ApiError: the API refused, or could not be reached in six attempts.
        """
        problem = ""
        for attempt in range(ATTEMPTS):
            try:
                answer, wait = self._once(method, path, body, content_type)
            except urllib3.exceptions.HTTPError as error:
                problem, wait = f"{self.url} can't be reached: {error}", 0.0
            else:
                if answer.status < 400:  # noqa: PLR2004 - errors start there
                    return answer
                problem = _words(method, path, answer)
                if answer.status not in AGAIN:
                    raise ApiError(problem, answer=answer)
            if attempt + 1 < ATTEMPTS:
                self._sleep(max(wait, min(0.2 * 2**attempt, LONGEST_WAIT)))
        raise ApiError(f"{problem} (gave up after {ATTEMPTS} attempts)")

    def _once(self, method: str, path: str, body: bytes, content_type: str) -> tuple[Answer, float]:
        headers = {"content-type": content_type, "accept": "application/json"}
        request = AWSRequest(method, self.url + path, data=body, headers=headers)
        self._signer(request)
        answer = self._pool.request(
            method, self.url + path, body=body, headers=dict(request.headers.items()), redirect=False
        )
        return Answer(answer.status, _json(answer.data)), _seconds(answer.headers)


def _signer(url: str) -> Callable[[AWSRequest], None]:
    """Signs by the normal AWS chain: environment, profile, SSO, role."""
    session = botocore.session.get_session()
    try:
        credentials = session.get_credentials()
        of_host = _REGION.search(url)
        region = of_host.group(1) if of_host else session.get_config_variable("region")
    except BotoCoreError as error:
        raise OperatorError(f"the AWS configuration can't be used: {error}") from error
    if credentials is None:
        raise OperatorError("no AWS credentials: log in (`aws sso login`), or set AWS_PROFILE")
    if not region:
        raise OperatorError("no AWS region: set AWS_DEFAULT_REGION, or the profile's region")

    def sign(request: AWSRequest) -> None:
        try:
            SigV4Auth(credentials.get_frozen_credentials(), "execute-api", region).add_auth(request)
        except BotoCoreError as error:
            raise OperatorError(f"the AWS credentials can't be used: {error}") from error

    return sign


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None


def _seconds(headers: Mapping[str, str]) -> float:
    given = headers.get("retry-after") or ""
    return min(float(given), LONGEST_WAIT) if given.isdigit() else 0.0


def _words(method: str, path: str, answer: Answer) -> str:
    document = answer.body if isinstance(answer.body, dict) else {}
    said = document.get("detail") or document.get("message") or "no reason given"
    words = f"{method} {path.partition('?')[0]}: {answer.status} {document.get('title', '')}".rstrip() + f": {said}"
    if answer.status == 403:  # noqa: PLR2004 - forbidden
        words += "; your AWS identity needs execute-api:Invoke on this API"
    if correlation := document.get("correlation_id"):
        words += f" (correlation id {correlation})"
    return words
