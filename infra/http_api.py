"""The HTTP API: webhooks verify themselves, health is open, every other route wants an IAM signature."""

import json
from dataclasses import dataclass

from aws_cdk import Aws
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk.aws_apigatewayv2_authorizers import HttpIamAuthorizer
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from infra import logs
from infra.functions import Functions
from infra.nag import acknowledge
from infra.settings import Settings

ACCESS_LOG = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "caller": "$context.identity.caller",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "responseLatency": "$context.responseLatency",
    "responseLength": "$context.responseLength",
    "error": "$context.error.message",
    "integrationError": "$context.integrationErrorMessage",
}


@dataclass(frozen=True, kw_only=True)
class Route:
    """One route; `open_because` says why it has no authorizer."""

    method: str
    path: str
    function: str
    open_because: str | None = None


VERIFIED = "The function verifies the vendor's signature on the raw bytes; vendors cannot sign for IAM."
ROUTES = (
    Route(method="POST", path="/v1/webhooks/{source}", function="ingest", open_because=VERIFIED),
    Route(method="OPTIONS", path="/v1/webhooks/{source}", function="ingest", open_because=VERIFIED),
    Route(method="HEAD", path="/v1/webhooks/{source}", function="ingest", open_because=VERIFIED),
    Route(method="POST", path="/v1/activities", function="ingest"),
    Route(method="GET", path="/v1/leads", function="api"),
    Route(method="GET", path="/v1/leads/{lead_id}", function="api"),
    Route(method="GET", path="/v1/leads/{lead_id}/links", function="api"),
    Route(method="GET", path="/v1/leads/{lead_id}/state", function="api"),
    Route(method="POST", path="/v1/leads/{lead_id}/rebuild", function="repair"),
    Route(method="POST", path="/v1/leads/{lead_id}/forget", function="erase"),
    Route(method="GET", path="/v1/leads/{lead_id}/export", function="erase"),
    Route(method="GET", path="/v1/accounts", function="api"),
    Route(method="GET", path="/v1/accounts/{account_id}", function="api"),
    Route(method="GET", path="/v1/kpis", function="api"),
    Route(method="POST", path="/v1/kpis/rollups", function="api"),
    Route(method="POST", path="/v1/spend", function="api"),
    Route(method="GET", path="/v1/failed-events", function="repair"),
    Route(method="GET", path="/v1/failed-events/{failed_id}", function="repair"),
    Route(method="POST", path="/v1/failed-events/{failed_id}/replay", function="repair"),
    Route(method="POST", path="/v1/failed-events/replay", function="repair"),
    Route(method="GET", path="/v1/redrive", function="repair"),
    Route(method="POST", path="/v1/redrive", function="repair"),
    Route(method="GET", path="/v1/audit", function="repair"),
    Route(method="GET", path="/v1/models", function="api"),
    Route(method="POST", path="/v1/models", function="api"),
    Route(method="POST", path="/v1/models/resume", function="api"),
    Route(method="GET", path="/v1/models/{version}", function="api"),
    Route(method="GET", path="/v1/models/{version}/effect", function="api"),
    Route(method="POST", path="/v1/models/{version}/publish", function="api"),
    Route(
        method="GET",
        path="/v1/health",
        function="api",
        open_because="Uptime checks cannot sign; it tells that the stack answers, and by which model.",
    ),
)


FACING = sorted({route.function for route in ROUTES})


class HttpApi(Construct):
    """Routes to the functions that face the web, throttled and with an access log."""

    def __init__(self, scope: Construct, construct_id: str, *, functions: Functions, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.api = apigatewayv2.HttpApi(
            self,
            "Api",
            api_name=Aws.STACK_NAME,
            create_default_stage=False,
            default_authorizer=HttpIamAuthorizer(),
        )
        integrations = {name: HttpLambdaIntegration(f"To{name.title()}", functions[name]) for name in FACING}
        for route in ROUTES:
            self._route(route, integrations[route.function])
        self._stage(settings)

    @property
    def url(self) -> str:
        """Where the API answers, without a trailing slash."""
        return self.api.api_endpoint

    def _route(self, route: Route, integration: HttpLambdaIntegration) -> None:
        for added in self.api.add_routes(
            path=route.path,
            methods=[apigatewayv2.HttpMethod(route.method)],
            integration=integration,
            authorizer=apigatewayv2.HttpNoneAuthorizer() if route.open_because else None,
        ):
            if route.open_because:
                acknowledge(added, "AwsSolutions-APIG4", route.open_because)

    def _stage(self, settings: Settings) -> None:
        # The prefix spares the account's one log resource policy, which is limited in size.
        access_log = logs.group(self, "AccessLog", settings=settings, name=f"/aws/vendedlogs/{Aws.STACK_NAME}/http-api")
        apigatewayv2.CfnStage(
            self,
            "Stage",
            api_id=self.api.api_id,
            stage_name="$default",
            auto_deploy=True,
            default_route_settings=apigatewayv2.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=settings.throttle_rate, throttling_burst_limit=settings.throttle_burst
            ),
            access_log_settings=apigatewayv2.CfnStage.AccessLogSettingsProperty(
                destination_arn=access_log.log_group_arn, format=json.dumps(ACCESS_LOG)
            ),
        )
