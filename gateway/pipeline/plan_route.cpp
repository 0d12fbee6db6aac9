// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/plan_route.h"

#include "gateway/pipeline/answer_headers.h"
#include "gateway/pipeline/plan_rights.h"

namespace lunargate {

RoutingRequest chatRouting(const HeaderList &clientHeaders, RequestedModel requested, HeaderList found)
{
    return {.path = QByteArrayLiteral("/v1/chat/completions"),
            .requestType = QByteArrayLiteral("chat_completions"),
            .headers = clientHeaders,
            .requested = std::move(requested),
            .computedHeaders = std::move(found)};
}

RoutingRequest embeddingsRouting(const HeaderList &clientHeaders, RequestedModel requested)
{
    return {.path = QByteArrayLiteral("/v1/embeddings"),
            .headers = clientHeaders,
            .requested = std::move(requested),
            .directRoute = QByteArrayLiteral("embeddings-direct")};
}

Result<RoutePlan> planRoute(RequestContext &context, const RoutingRequest &request)
{
    Result<RoutePlan> plan = context.runtime->router.plan(request);
    if (plan) {
        context.record.route = plan->routeName;
        context.exchange.response.setHeader(headers::kRoute, plan->routeName);
        if (Result<void> allowed = keepAllowed(context.caller, *plan); !allowed)
            return std::unexpected(std::move(allowed.error()));
    }
    return plan;
}

} // namespace lunargate
