// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/health.h"

#include "gateway/json/writer.h"
#include "gateway/version.h"

namespace lunargate::api {

namespace {

// `1h2m3s`, `2m3s`, `0s`
QByteArray uptimeText(std::chrono::seconds uptime)
{
    const qint64 seconds = uptime.count();
    QByteArray text;
    if (seconds >= 3600)
        text += QByteArray::number(seconds / 3600) + 'h';
    if (seconds >= 60)
        text += QByteArray::number(seconds / 60 % 60) + 'm';
    return text + QByteArray::number(seconds % 60) + 's';
}

} // namespace

Task<> health(RequestContext &context, const GatewayStatus &status)
{
    const auto uptime = std::chrono::round<std::chrono::seconds>(Clock::now() - status.startedAt);
    QByteArray body = R"({"status":"healthy","version":)";
    json::appendString(body, version());
    body += R"(,"uptime":)" + json::quoted(uptimeText(uptime)) + '}';
    context.respond(200, "application/json", body);
    co_return;
}

Task<> ready(RequestContext &context, const GatewayStatus &status)
{
    if (!status.isReady.load(std::memory_order_relaxed))
        context.respond(503, "application/json", R"({"status":"not ready"})");
    else if (status.isPaused.load(std::memory_order_relaxed))
        context.respond(503, "application/json", R"({"status":"paused"})");
    else
        context.respond(200, "application/json", R"({"status":"ready"})");
    co_return;
}

} // namespace lunargate::api
