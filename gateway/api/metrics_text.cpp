// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/metrics_text.h"

namespace lunargate::api {

Task<> metricsText(RequestContext &context, const GatewayStatus &)
{
    context.respond(200, Metrics::kContentType, context.services.metrics.render());
    co_return;
}

} // namespace lunargate::api
