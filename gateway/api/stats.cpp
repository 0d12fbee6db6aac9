// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/stats.h"

#include "gateway/api/history_json.h"
#include "gateway/api/query_parameters.h"
#include "gateway/api/time_text.h"
#include "gateway/config/scalar_text.h"
#include "gateway/history/history.h"

#include <algorithm>

namespace lunargate::api {

namespace {

constexpr size_t kMostGroups = 100; // in an answer

struct StatsQuery
{
    milliseconds window = 24h;
    const HistoryField *by = nullptr;
};

bool isGroup(const HistoryField &field)
{
    return field.kind == HistoryField::Kind::Text && field.name != "id";
}

Result<StatsQuery> readQuery(const HttpRequest &request)
{
    const Result<QueryParameters> parameters = QueryParameters::read(request.target, {"window", "by"});
    if (!parameters)
        return std::unexpected(parameters.error());
    StatsQuery query;
    if (const auto window = parameters->value("window")) {
        const auto duration = parseDuration(*window);
        if (!duration || *duration <= 0ms)
            return invalidParameter("window", "invalid_window", "'window' must be a duration such as 15m, 24h or 7d");
        query.window = *duration;
    }
    const QByteArray by = parameters->value("by").value_or("provider");
    const auto field = std::ranges::find_if(
        historyFields(), [&](const HistoryField &one) { return isGroup(one) && one.name == QByteArrayView(by); });
    if (field == historyFields().end()) {
        QByteArrayList known;
        for (const HistoryField &one : historyFields()) {
            if (isGroup(one))
                known.append(one.name.toByteArray());
        }
        return invalidParameter("by", "invalid_group", "'by' must be one of " + known.join(", "));
    }
    query.by = &*field;
    return query;
}

void appendTotals(json::TextWriter &json, const HistoryTotals &totals)
{
    json.member("requests", totals.requests).member("errors", totals.errors);
    json.member("tokens_in", totals.tokensIn).member("tokens_cached", totals.tokensCached);
    json.member("tokens_out", totals.tokensOut);
    json.key("cost_usd");
    if (totals.costKnown == 0 && totals.costUnknown > 0)
        json.null();
    else
        json.number(totals.costUsd);
    json.member("cost_unknown", totals.costUnknown);
    appendMilliseconds(json, "time_to_first_byte_p50_ms", totals.timeToFirstByteP50);
    appendMilliseconds(json, "time_to_first_byte_p95_ms", totals.timeToFirstByteP95);
    json.member("cache_hits", totals.cacheHits).member("tokens_saved", totals.savedTokens);
    json.key("cost_saved_usd").number(totals.savedUsd);
    appendMilliseconds(json, "time_saved_ms", totals.savedTime);
}

QByteArray body(const StatsQuery &query, std::chrono::sys_time<std::chrono::microseconds> now,
                const HistoryTally &tally)
{
    std::vector<const std::pair<const QByteArray, HistoryTotals> *> groups;
    for (const auto &group : tally.groups())
        groups.push_back(&group);
    std::ranges::stable_sort(groups, std::greater(), [](const auto *group) { return group->second.requests; });
    groups.resize(std::min(groups.size(), kMostGroups));
    qint64 leftOut = tally.sum().requests;
    for (const auto *group : groups)
        leftOut -= group->second.requests;

    json::TextWriter json;
    json.beginObject().member("window_ms", query.window.count()).member("from", timeText(now - query.window));
    json.member("to", timeText(now)).member("by", query.by->name).key("total").beginObject();
    appendTotals(json, tally.sum());
    json.endObject().key("groups").beginArray();
    for (const auto *group : groups) {
        json.beginObject().member("name", group->first);
        appendTotals(json, group->second);
        json.endObject();
    }
    json.endArray().member("requests_left_out", leftOut).endObject();
    return std::move(json).text();
}

} // namespace

Task<> stats(RequestContext &context, const GatewayStatus &)
{
    const Result<StatsQuery> query = readQuery(context.exchange.request);
    if (!query)
        co_return context.respondError(query.error());
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const std::shared_ptr<const HistoryTally> tally =
        co_await context.services.history->tally(*query->by, positionOf(now - query->window));
    context.respond(200, "application/json", body(*query, now, *tally));
}

} // namespace lunargate::api
