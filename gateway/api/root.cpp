// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/root.h"

#include "gateway/json/text_writer.h"
#include "gateway/version.h"

namespace lunargate::api {

Task<> root(RequestContext &context, const GatewayStatus &)
{
    json::TextWriter json;
    json.beginObject().member("name", "LunarGate").member("version", version());
    json.member("openai_base_url", "/v1").member("health", "/health").endObject();
    context.respond(200, "application/json", json.text());
    co_return;
}

} // namespace lunargate::api
