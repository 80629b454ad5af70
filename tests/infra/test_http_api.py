"""Nobody gets in: every route but webhooks and health wants an IAM signature."""

import json

import pytest

from tests.infra.synthesized import Synthesized

pytestmark = pytest.mark.xdist_group("infra")

AUTHORIZED = {
    "POST /v1/activities",
    "GET /v1/leads",
    "GET /v1/leads/{lead_id}",
    "GET /v1/leads/{lead_id}/links",
    "GET /v1/leads/{lead_id}/state",
    "POST /v1/leads/{lead_id}/rebuild",
    "POST /v1/leads/{lead_id}/forget",
    "GET /v1/leads/{lead_id}/export",
    "GET /v1/accounts",
    "GET /v1/accounts/{account_id}",
    "GET /v1/kpis",
    "POST /v1/kpis/rollups",
    "POST /v1/spend",
    "GET /v1/failed-events",
    "GET /v1/failed-events/{failed_id}",
    "POST /v1/failed-events/{failed_id}/replay",
    "POST /v1/failed-events/replay",
    "GET /v1/redrive",
    "POST /v1/redrive",
    "GET /v1/audit",
    "GET /v1/models",
    "POST /v1/models",
    "POST /v1/models/resume",
    "GET /v1/models/{version}",
    "GET /v1/models/{version}/effect",
    "POST /v1/models/{version}/publish",
}
OPEN = {
    "POST /v1/webhooks/{source}",
    "OPTIONS /v1/webhooks/{source}",
    "HEAD /v1/webhooks/{source}",
    "GET /v1/health",
}


def test_every_route_is_authorized_but_webhooks_and_health(dev: Synthesized) -> None:
    """A route that is added without an authorizer fails here."""
    routes = dev.of_type("AWS::ApiGatewayV2::Route").values()
    by_authorizer = {
        kind: {route["RouteKey"] for route in routes if route["AuthorizationType"] == kind}
        for kind in ("AWS_IAM", "NONE")
    }
    assert by_authorizer == {"AWS_IAM": AUTHORIZED, "NONE": OPEN}
    assert len(routes) == len(AUTHORIZED | OPEN)


@pytest.mark.parametrize(
    ("path", "function"),
    [
        ("/v1/webhooks/{source}", "Ingest"),
        ("/v1/activities", "Ingest"),
        ("/v1/leads", "Api"),
        ("/v1/leads/{lead_id}/forget", "Erase"),
        ("/v1/leads/{lead_id}/state", "Api"),
        ("/v1/leads/{lead_id}/rebuild", "Repair"),
        ("/v1/failed-events/{failed_id}", "Repair"),
        ("/v1/redrive", "Repair"),
    ],
)
def test_writes_go_to_ingest_reads_to_api_repairs_to_repair_and_erasing_to_erase(
    dev: Synthesized, path: str, function: str
) -> None:
    """The function that reads cannot store facts, nor delete any; the one that stores them reads no lead."""
    integrations = dev.of_type("AWS::ApiGatewayV2::Integration")
    for route in dev.of_type("AWS::ApiGatewayV2::Route").values():
        if route["RouteKey"].split(" ")[1] == path:
            integration = route["Target"]["Fn::Join"][1][1]["Ref"]
            uri = json.dumps(integrations[integration]["IntegrationUri"])
            assert f"Functions{function}Function" in uri


def test_the_stage_is_throttled_and_logs_who_called(dev: Synthesized) -> None:
    """A runaway client meets a limit, and leaves a trace that is JSON."""
    stage = dev.one("AWS::ApiGatewayV2::Stage", "Stage")
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 500, "ThrottlingBurstLimit": 1000}
    assert {"requestId", "routeKey", "status", "caller"} <= set(json.loads(stage["AccessLogSettings"]["Format"]))
    assert stage["AccessLogSettings"]["DestinationArn"]["Fn::GetAtt"][0].startswith("HttpAccessLog")
