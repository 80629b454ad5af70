"""Requests to the deployed HTTP API, signed as an operator with nothing but the right to call it."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from infra.local.aws import ACCOUNT, REGION, Clients

OPERATOR = "local-operator"


@dataclass(frozen=True, kw_only=True)
class Response:
    """An answer of the API; the names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


def make_operator(clients: Clients, api_id: str) -> Credentials:
    """A user who may call every route of the API and do nothing else."""
    iam = clients("iam")
    iam.create_user(UserName=OPERATOR)
    statement = {
        "Effect": "Allow",
        "Action": "execute-api:Invoke",
        "Resource": f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api_id}/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=OPERATOR, PolicyName="call-the-api", PolicyDocument=policy)
    key = iam.create_access_key(UserName=OPERATOR)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


class HttpClient:
    """Calls one API; may be shared between threads."""

    def __init__(self, url: str, credentials: Credentials, *, connections: int = 16) -> None:
        self.url = url.rstrip("/")
        self.credentials = credentials
        self._pool = urllib3.PoolManager(maxsize=connections, block=True, retries=False)

    def request(  # noqa: PLR0913 - the parts of an HTTP request
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        signed: bool = True,
        credentials: Credentials | None = None,
    ) -> Response:
        """Send one request; `signed=False` sends it as anyone could."""
        request = AWSRequest(method, self.url + path, data=body, headers=dict(headers or {}))
        if signed:
            SigV4Auth(credentials or self.credentials, "execute-api", REGION).add_auth(request)
        answer = self._pool.request(method, self.url + path, body=body, headers=dict(request.headers))
        names = {name.lower(): value for name, value in answer.headers.items()}
        return Response(status=answer.status, headers=names, body=answer.data)

    def get(self, path: str) -> Any:
        """The decoded answer of a signed GET.

        Raises:
            RuntimeError: the API answered with an error, which is the message.
        """
        answer = self.request("GET", path)
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(f"GET {path}: {answer.status} {answer.body.decode(errors='replace')}")
        return answer.json()

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()
