// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/requests.h"

#include "gateway/api/curl_command.h"
#include "gateway/api/har_log.h"
#include "gateway/api/history_json.h"
#include "gateway/api/query_parameters.h"
#include "gateway/config/scalar_text.h"
#include "gateway/history/history.h"
#include "gateway/observability/logging.h"

#include <algorithm>

namespace lunargate::api {

namespace {

constexpr QByteArrayView kRequestsPath = "/admin/v1/requests/";
constexpr QByteArrayView kJson = "application/json";
constexpr QByteArrayView kText = "text/plain; charset=utf-8";
// A page with bodies ends when it is so long, and says where to go on.
constexpr qsizetype kLongestHar = 32 * 1024 * 1024;

enum class Format { Json, Har, Curl };

Result<Format> readFormat(const QueryParameters &parameters)
{
    const QByteArray format = parameters.value("format").value_or("json");
    if (format == "json")
        return Format::Json;
    if (format == "har")
        return Format::Har;
    if (format == "curl")
        return Format::Curl;
    return invalidParameter("format", "invalid_format", "'format' must be json, har, or of one request curl");
}

Result<HistoryQuery> readQuery(const QueryParameters &parameters)
{
    HistoryQuery query;
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    Result<HistoryFilter> filter = parseHistoryFilter(parameters.value("filter").value_or(QByteArray()), now);
    if (!filter)
        return std::unexpected(std::move(filter.error()));
    query.filter = *std::move(filter);
    if (const auto limit = parameters.value("limit")) {
        const std::optional<qint64> number = parseInteger(*limit);
        if (!number || *number < 1 || *number > kLargestHistoryPage)
            return invalidParameter("limit", "invalid_limit", "'limit' must be a whole number from 1 to 200");
        query.limit = static_cast<int>(*number);
    }
    if (const auto cursor = parameters.value("cursor")) {
        query.before = parseInteger(*cursor);
        if (!query.before || *query.before < 0)
            return invalidParameter("cursor", "invalid_cursor", "'cursor' must be what `next` of the page before says");
    }
    return query;
}

/// Where the request of that record was sent, as the caller reaches the gateway.
QByteArray urlOf(const HistoryRecord &record, const RequestContext &context)
{
    const HttpRequest &request = context.exchange.request;
    const bool isTls = context.runtime->trustedProxies.contains(request.peer) &&
                       request.headers.value("X-Forwarded-Proto") == QByteArrayView("https");
    const auto found = std::ranges::find(endpoints(), QByteArrayView(record.endpoint), &Endpoint::name);
    const QByteArrayView path = found == endpoints().end() ? QByteArrayView("/") : found->path;
    return (isTls ? "https://" : "http://") + request.headers.value("Host").value_or("127.0.0.1") + path.toByteArray();
}

const char *stateName(HistoryStatus::State state)
{
    switch (state) {
    case HistoryStatus::State::Off:
        return "off";
    case HistoryStatus::State::Memory:
        return "memory";
    case HistoryStatus::State::Database:
        return "database";
    }
    Q_UNREACHABLE_RETURN("");
}

QByteArray pageBody(const HistoryPage &page, const HistoryStatus &status)
{
    json::TextWriter json;
    json.beginObject().member("object", "list").key("data").beginArray();
    for (const HistoryRecord &record : page.records)
        appendHistoryRecord(json, record);
    json.endArray().key("next");
    if (page.next)
        json.string(QByteArray::number(*page.next));
    else
        json.null();
    json.key("history").beginObject().member("kept_in", stateName(status.state));
    json.member("records", status.state == HistoryStatus::State::Database ? status.stored : status.inMemory);
    json.member("bytes", status.storedBytes).member("dropped", status.dropped);
    json.member("left_out", status.leftOut).key("problem");
    if (status.problem.isEmpty())
        json.null();
    else
        json.string(status.problem);
    json.endObject().endObject();
    return std::move(json).text();
}

/// With bodies, where they are kept.
Task<QByteArray> harOfPage(RequestContext &context, HistoryPage page)
{
    HarLog har;
    std::optional<qint64> next = page.next;
    for (const HistoryRecord &record : page.records) {
        if (har.size() > kLongestHar)
            break;
        const std::optional<HistoryRecord> whole = co_await context.services.history->record(record.id);
        har.add(whole.value_or(record), urlOf(record, context));
        next = &record == &page.records.back() ? page.next : std::optional(record.position);
    }
    co_return std::move(har).finish(next ? QByteArray::number(*next) : QByteArray());
}

void respondRecord(RequestContext &context, const HistoryRecord &record, Format format)
{
    const QByteArray url = urlOf(record, context);
    if (format == Format::Har) {
        HarLog har;
        har.add(record, url);
        return context.respond(200, kJson, std::move(har).finish());
    }
    if (format == Format::Curl) {
        const Result<QByteArray> command = curlCommand(record, url);
        return command ? context.respond(200, kText, *command) : context.respondError(command.error());
    }
    json::TextWriter json;
    appendHistoryRecord(json, record);
    context.respond(200, kJson, json.text());
}

} // namespace

Task<> listRequests(RequestContext &context, const GatewayStatus &)
{
    const Result<QueryParameters> parameters =
        QueryParameters::read(context.exchange.request.target, {"filter", "limit", "cursor", "format"});
    if (!parameters)
        co_return context.respondError(parameters.error());
    Result<HistoryQuery> query = readQuery(*parameters);
    if (!query)
        co_return context.respondError(query.error());
    Result<Format> format = readFormat(*parameters);
    if (format && *format == Format::Curl)
        format = invalidParameter("format", "invalid_format", "'format' of a page must be json or har");
    if (!format)
        co_return context.respondError(format.error());
    History &history = *context.services.history;
    HistoryPage page = co_await history.find(*std::move(query));
    const QByteArray body =
        *format == Format::Har ? co_await harOfPage(context, std::move(page)) : pageBody(page, history.status());
    context.respond(200, kJson, body);
}

Task<> oneRequest(RequestContext &context, const GatewayStatus &)
{
    const HttpRequest &request = context.exchange.request;
    const Result<QueryParameters> parameters = QueryParameters::read(request.target, {"format"});
    if (!parameters)
        co_return context.respondError(parameters.error());
    const Result<Format> format = readFormat(*parameters);
    if (!format)
        co_return context.respondError(format.error());
    const QByteArray id = QByteArray::fromPercentEncoding(canonicalPath(request.path()).sliced(kRequestsPath.size()));
    const std::optional<HistoryRecord> record = co_await context.services.history->record(id);
    if (!record)
        co_return context.respondError({.kind = ErrorKind::NotFound,
                                        .reason = "request_not_found",
                                        .message = "the history has no request '" + id + "' (any more)"});
    respondRecord(context, *record, *format);
}

Task<> eraseRequests(RequestContext &context, const GatewayStatus &)
{
    const HttpRequest &request = context.exchange.request;
    // All of it goes: nobody may have meant less.
    if (const Result<QueryParameters> parameters = QueryParameters::read(request.target, {}); !parameters)
        co_return context.respondError(parameters.error());
    if (request.path().endsWith('/'))
        co_return context.respondError({.kind = ErrorKind::InvalidRequest,
                                        .reason = "no_request_named",
                                        .message = "single requests cannot be erased; without the last `/` this erases "
                                                   "the whole history"});
    const Result<qint64> erased = co_await context.services.history->erase();
    if (!erased)
        co_return context.respondError(erased.error());
    logEvent(pipelineLog(), LogLevel::Info, "history erased",
             {{"request_id", context.record.requestId}, {"requests", *erased}});
    context.respond(200, kJson, R"({"erased":)" + QByteArray::number(*erased) + '}');
}

} // namespace lunargate::api
