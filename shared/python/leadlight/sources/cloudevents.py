"""CloudEvents 1.0 over HTTP: structured, binary and batch; as a webhook, a bearer token.

Source: the CloudEvents core specification 1.0.2, its JSON format, HTTP binding and webhook specification.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from leadlight.activity import Activity, Identity, Scalar
from leadlight.activity.identity import ACCOUNT, ANONYMOUS, DOMAIN, EMAIL, USER, domain, email
from leadlight.problems import InvalidSignature, MalformedEvent, MissingIdentity, NotJson
from leadlight.sources.reading import json_body, kind_of, mapping, moment, optional_text, scalars, text
from leadlight.sources.request import WebhookRequest
from leadlight.sources.traits import canonical, of_company

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
MAX_IDS = 16


def verify(request: WebhookRequest, *, secret: str, now: datetime) -> None:  # noqa: ARG001 - no replay window
    """Checks the bearer token (header, or `access_token` in the URL) in constant time.

    Raises:
        InvalidSignature: the token is absent or another.
    """
    scheme, _, token = request.header("Authorization").partition(" ")
    if scheme.lower() != "bearer":
        token = parse_qs(urlsplit(request.url).query).get("access_token", [""])[0]
    if not hmac.compare_digest(token.strip().encode(), secret.encode()):
        raise InvalidSignature("send the source's secret as `Authorization: Bearer <secret>`", field="Authorization")


def events(request: WebhookRequest) -> list[Any]:
    """The raw events of a request, each still to be understood.

    Raises:
        MalformedEvent: the content mode can't be told, or a batch is not an array.
    """
    content_type = _content_type(request)
    if _is_binary(request):
        return [_binary(request, content_type)]
    body = json_body(request.body)
    if isinstance(body, list):
        return body
    if content_type == BATCH:
        raise MalformedEvent(f"a batch must be an array of events, found {kind_of(body)}", field="body")
    return [body]


def kept(request: WebhookRequest) -> bytes:
    """The request as bytes that can be read without its headers: an event in binary mode in its structured form."""
    if not _is_binary(request):
        return request.body
    content_type = _content_type(request)
    try:
        event = _binary(request, content_type)
    except NotJson:
        return request.body  # with its headers it would be no better understood
    if request.body and "data" not in event:
        event |= {"datacontenttype": content_type, "data": request.body.decode(errors="replace")}
    return json.dumps(event).encode()


def activity(event: Any) -> Activity:
    """One CloudEvent as an activity: `type` is the activity type, `subject` or `data.lead` name the lead.

    Raises:
        MalformedEvent: a required attribute is absent or wrong.
        MissingIdentity: neither names a lead.
    """
    if not isinstance(event, dict):
        raise MalformedEvent(f"an event must be an object, found {kind_of(event)}", field="event")
    if event.get("specversion") != "1.0":
        raise MalformedEvent(
            f'specversion must be "1.0", found {kind_of(event.get("specversion"))}', field="specversion"
        )
    data = _data(event)
    company = mapping(data.get("account"), "data.account")
    account = _account(company)
    alone = bool(account) and event.get("type") == "account_identified"
    return Activity(
        source=text(event.get("source"), "source"),
        id=text(event.get("id"), "id"),
        type=text(event.get("type"), "type"),
        occurred_at=moment(event.get("time"), "time"),
        identities=_identities(event, mapping(data.get("lead"), "data.lead"), required=not alone),
        traits=canonical(_traits(data, "data.traits")),
        properties=scalars(mapping(data.get("properties"), "data.properties"), "data.properties"),
        account=account,
        account_traits=of_company(_traits(company, "data.account.traits")),
    )


def _content_type(request: WebhookRequest) -> str:
    return request.header("Content-Type").partition(";")[0].strip().lower()


def _is_binary(request: WebhookRequest) -> bool:
    return _content_type(request) not in (STRUCTURED, BATCH) and bool(request.header("ce-specversion"))


def _attributes(request: WebhookRequest) -> dict[str, Any]:
    return {
        name.lower()[3:]: unquote(value) for name, value in request.headers.items() if name.lower().startswith("ce-")
    }


def _binary(request: WebhookRequest, content_type: str) -> dict[str, Any]:
    event = _attributes(request)
    if request.body and (content_type.endswith(("json", "+json")) or not content_type):
        event["data"] = json_body(request.body)
    return event


def _data(event: Mapping[str, Any]) -> Mapping[str, Any]:
    content_type = str(event.get("datacontenttype") or "application/json").partition(";")[0]
    if not content_type.strip().endswith("json"):
        return {}
    if "data_base64" in event:
        if "data" in event:
            raise MalformedEvent("send data or data_base64, not both", field="data_base64")
        try:
            decoded = base64.b64decode(text(event["data_base64"], "data_base64"), validate=True)
        except (binascii.Error, ValueError) as error:
            raise MalformedEvent(f"data_base64 is not base64: {error}", field="data_base64") from error
        return mapping(json_body(decoded), "data")
    data = event.get("data")
    return data if isinstance(data, dict) else {}


def _pairs(given: Any) -> list[Identity]:
    """`data.lead.identities`: [{"kind": "anonymous", "value": "a1"}, ...], the way to name two of one kind."""
    field = "data.lead.identities"
    if given is None:
        return []
    if not isinstance(given, list) or len(given) > MAX_IDS:
        raise MalformedEvent(f"{field} must be an array of at most {MAX_IDS} objects", field=field)
    pairs = [mapping(each, field) for each in given]
    return [_pair(text(each.get("kind"), f"{field}.kind"), text(each.get("value"), f"{field}.value")) for each in pairs]


def _pair(kind: str, value: str) -> Identity:
    if kind == DOMAIN:
        raise MalformedEvent("a domain names an account: send it as data.account.domain", field="data.lead.identities")
    if kind != EMAIL:
        return Identity(kind, value)
    if (address := email(value)) is None:
        raise MalformedEvent(
            f"data.lead.identities holds an email that is no address: {value!r}", field="data.lead.identities"
        )
    return address


def _traits(of: Mapping[str, Any], field: str) -> dict[str, Scalar]:
    return scalars(mapping(of.get("traits"), field), field)


def _account(company: Mapping[str, Any]) -> tuple[Identity, ...]:
    """The identities of `data.account`: `domain`, `id`, and tools' own ids in `ids`."""
    found: list[Identity] = []
    if told := optional_text(company.get("domain"), "data.account.domain"):
        named = domain(told)
        if named is None:
            raise MalformedEvent(f"data.account.domain is no domain: {told!r}", field="data.account.domain")
        found.append(named)
    if told := optional_text(company.get("id"), "data.account.id"):
        found.append(Identity(ACCOUNT, told))
    found += _tools(
        company, "data.account", {DOMAIN, ACCOUNT, EMAIL, USER, ANONYMOUS}, "send a domain as data.account.domain"
    )
    if company and not found:
        raise MalformedEvent("name the account: data.account.domain, .id or .ids", field="data.account")
    return tuple(dict.fromkeys(found))


def _tools(of: Mapping[str, Any], field: str, other: set[str], fix: str) -> list[Identity]:
    """Tools' own ids."""
    ids = mapping(of.get("ids"), f"{field}.ids")
    if len(ids) > MAX_IDS or other & ids.keys():
        raise MalformedEvent(f"{field}.ids holds at most {MAX_IDS} tools' own ids; {fix}", field=f"{field}.ids")
    return [Identity(text(tool, f"{field}.ids"), text(value, f"{field}.ids.{tool}")) for tool, value in ids.items()]


def _identities(event: Mapping[str, Any], lead: Mapping[str, Any], *, required: bool) -> tuple[Identity, ...]:
    found: list[Identity] = []
    subject = optional_text(event.get("subject"), "subject")
    address = optional_text(lead.get("email"), "data.lead.email")
    if address:
        normalized = email(address)
        if normalized is None:
            raise MalformedEvent(f"data.lead.email is not an address: {address!r}", field="data.lead.email")
        found.append(normalized)
    if subject:
        found.append(email(subject) or Identity(USER, subject))
    for name, kind in (("user_id", USER), ("anonymous_id", ANONYMOUS)):
        if value := optional_text(lead.get(name), f"data.lead.{name}"):
            found.append(Identity(kind, value))
    fix = "send an email, a user id and an anonymous id as data.lead.email, .user_id and .anonymous_id"
    found += _tools(lead, "data.lead", {EMAIL, USER, ANONYMOUS, DOMAIN}, fix)
    found += _pairs(lead.get("identities"))
    if not found and required:
        raise MissingIdentity(
            "name the lead in `subject`, or in data.lead: email, user_id, anonymous_id or ids",
            field="subject",
        )
    return tuple(dict.fromkeys(found))
