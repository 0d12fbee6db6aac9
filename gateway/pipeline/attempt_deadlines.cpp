// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/attempt_deadlines.h"

#include "gateway/routing/route_plan.h"

#include <algorithm>

namespace lunargate {

namespace {

using Limit = AttemptDeadlines::Limit;
using Setting = Limit::Setting;

TimePoint after(TimePoint start, milliseconds limit)
{
    return limit > 0ms ? start + limit : kNever;
}

// A setting as the user wrote it.
struct Named
{
    const char *key;
    milliseconds value;
};

Named named(const std::optional<milliseconds> &own, const char *key, Named otherwise)
{
    return own ? Named{key, *own} : otherwise;
}

Named headersOf(const ProviderConfig &provider)
{
    return named(provider.timeouts.headers, "timeouts.headers", {"timeouts.headers", 0ms});
}

Named firstContentOf(const ProviderConfig &provider)
{
    const bool isTimeout = provider.timeoutMode == TimeoutMode::FirstToken;
    return named(provider.timeouts.firstContent, "timeouts.first_content",
                 {"timeout", isTimeout ? provider.timeout : 0ms});
}

Named totalOf(const ProviderConfig &provider)
{
    const bool isTimeout = provider.timeoutMode == TimeoutMode::Total;
    return named(provider.timeouts.total, "timeouts.total", {"timeout", isTimeout ? provider.timeout : 0ms});
}

Named betweenChunksOf(const ProviderConfig &provider)
{
    return named(provider.timeouts.betweenChunks, "timeouts.between_chunks", {"idle_timeout", provider.idleTimeout});
}

Named namedLimit(const ProviderConfig &provider, Setting setting)
{
    switch (setting) {
    case Setting::Headers:
        return headersOf(provider);
    case Setting::FirstContent:
        return firstContentOf(provider);
    case Setting::BetweenChunks:
        return betweenChunksOf(provider);
    case Setting::Total:
    case Setting::Request:
        break;
    }
    return totalOf(provider);
}

QByteArray inMilliseconds(milliseconds value)
{
    return QByteArray::number(static_cast<qint64>(value.count())) + " ms";
}

Limit earliest(std::initializer_list<Limit> limits)
{
    return std::ranges::min(limits, {}, &Limit::at);
}

} // namespace

RequestDeadline requestDeadline(const Config &config, const RoutePlan &plan, TimePoint start)
{
    const RouteConfig *route = plan.route && plan.route->requestTimeout ? plan.route : nullptr;
    const milliseconds value = route ? *route->requestTimeout : config.routing.requestTimeout;
    return {.at = after(start, value), .value = value, .route = route};
}

Error requestTimeout(const RequestDeadline &deadline, const QByteArray &provider, QByteArray detail)
{
    const QByteArray setting = deadline.route ? "request_timeout of route '" + deadline.route->name + '\''
                                              : QByteArrayLiteral("routing.request_timeout");
    return {.kind = ErrorKind::DeadlineExceeded,
            .reason = "request_timeout",
            .message = "the request was not answered in time: all attempts together may take " +
                       inMilliseconds(deadline.value) + " (" + setting + "); the last one was at provider '" +
                       provider + '\'',
            .detail = std::move(detail)};
}

AttemptDeadlines::AttemptDeadlines(const ProviderConfig &provider, const RequestDeadline &request, TimePoint start)
    : m_provider(&provider),
      m_request(request),
      m_headers(after(start, headersOf(provider).value)),
      m_firstContent(after(start, firstContentOf(provider).value)),
      m_total(after(start, totalOf(provider).value))
{
}

Limit AttemptDeadlines::head() const
{
    return earliest({{m_headers, Setting::Headers}, firstContent()});
}

Limit AttemptDeadlines::firstContent() const
{
    return earliest(
        {{m_firstContent, Setting::FirstContent}, {m_total, Setting::Total}, {m_request.at, Setting::Request}});
}

Limit AttemptDeadlines::nextPiece(TimePoint now) const
{
    const TimePoint idle = after(now, betweenChunksOf(*m_provider).value);
    return earliest({{m_total, Setting::Total}, {idle, Setting::BetweenChunks}, {m_request.at, Setting::Request}});
}

Error AttemptDeadlines::explain(Error error, Phase phase, const Limit &limit) const
{
    if (error.kind != ErrorKind::UpstreamTimeout)
        return error;
    if (error.reason == "connect_timeout")
        return explainConnectTimeout(std::move(error));
    if (limit.setting == Setting::Request)
        return requestTimeout(m_request, m_provider->id, std::move(error.message));
    error.detail = error.message; // how far the call had come, and after how long
    if (phase == Phase::Head) {
        error.reason = "header_timeout";
        error.message = "provider timed out before it sent response headers";
    } else if (limit.setting == Setting::Total) {
        error.reason = "total_timeout";
        error.message = "provider timed out before full response completed";
    } else if (phase == Phase::FirstContent) {
        error.reason = "first_byte_timeout";
        error.message = "provider timed out waiting for first byte";
    } else {
        error.reason = "idle_timeout";
        error.message = "provider sent nothing for too long";
    }
    error.message += words(limit);
    return error;
}

Error AttemptDeadlines::explainConnectTimeout(Error error) const
{
    const char *key = m_provider->timeouts.connect ? "timeouts.connect" : "connect_timeout";
    error.message +=
        " (provider '" + m_provider->id + "', " + key + ' ' + inMilliseconds(connectTimeout(*m_provider)) + ')';
    return error;
}

QByteArray AttemptDeadlines::words(const Limit &limit) const
{
    const Named name = namedLimit(*m_provider, limit.setting);
    return " (provider '" + m_provider->id + "', " + name.key + ' ' + inMilliseconds(name.value) + ')';
}

milliseconds connectTimeout(const ProviderConfig &provider)
{
    return provider.timeouts.connect.value_or(provider.connectTimeout);
}

} // namespace lunargate
