// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/events.h"

#include "gateway/api/history_json.h"
#include "gateway/api/query_parameters.h"
#include "gateway/history/history.h"
#include "gateway/pipeline/answer_headers.h"

namespace lunargate::api {

namespace {

constexpr milliseconds kUsualKeepAlive = 15s;
constexpr QByteArrayView kKeepAlive = ": keep-alive\n\n";

Result<HistoryFilter> readFilter(const HttpRequest &request)
{
    const Result<QueryParameters> parameters = QueryParameters::read(request.target, {"filter"});
    if (!parameters)
        return std::unexpected(parameters.error());
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    return parseHistoryFilter(parameters->value("filter").value_or(QByteArray()), now);
}

Result<std::unique_ptr<HistoryListener>> listen(History &history)
{
    if (!history.isWanted())
        return std::unexpected(Error{.kind = ErrorKind::NotFound,
                                     .reason = "history_off",
                                     .message = "there are no events, as `history` is switched off"});
    std::unique_ptr<HistoryListener> listener = history.feed().listen();
    if (!listener)
        return std::unexpected(Error{.kind = ErrorKind::Overloaded,
                                     .reason = "too_many_listeners",
                                     .message = "as many clients listen to events as may; try again later"});
    return listener;
}

QByteArray frameOf(const HistoryRecord &record)
{
    json::TextWriter json;
    appendHistoryRecord(json, record);
    return "event: request\nid: " + QByteArray::number(record.position) + "\ndata: " + json.text() + "\n\n";
}

QByteArray framesOf(const HistoryListener::Batch &batch, const HistoryFilter &filter)
{
    QByteArray frames;
    if (batch.lost > 0)
        frames += "event: lost\ndata: {\"count\":" + QByteArray::number(batch.lost) + "}\n\n";
    for (const auto &record : batch.records) {
        if (matches(filter, *record))
            frames += frameOf(*record);
    }
    return frames;
}

} // namespace

Task<> events(RequestContext &context, const GatewayStatus &)
{
    const Result<HistoryFilter> filter = readFilter(context.exchange.request);
    if (!filter)
        co_return context.respondError(filter.error());
    const Result<std::unique_ptr<HistoryListener>> listener = listen(*context.services.history);
    if (!listener)
        co_return context.respondError(listener.error());

    ResponseWriter &response = context.exchange.response;
    context.record.status = 200;
    headers::startStream("text/event-stream; charset=utf-8", response);
    context.finish(); // it lasts as long as the client likes
    response.write(": requests that are over follow\n\n");
    const bool isHead = context.exchange.request.method == "HEAD";
    const milliseconds configured = context.runtime->config->server.streamKeepAlive;
    const milliseconds interval = configured > 0ms ? configured : kUsualKeepAlive;
    TimePoint keepAliveAt = Clock::now() + interval;
    for (bool isLast = isHead; !isLast;) {
        co_await (*listener)->news(keepAliveAt);
        while (response.isCongested())
            co_await response.drained();
        const HistoryListener::Batch batch = (*listener)->take();
        isLast = batch.isLast;
        QByteArray frames = framesOf(batch, *filter);
        const TimePoint now = Clock::now();
        if (frames.isEmpty() && now >= keepAliveAt)
            frames = kKeepAlive.toByteArray();
        if (frames.isEmpty())
            continue;
        response.write(frames);
        keepAliveAt = now + interval;
    }
    response.finishStream();
}

} // namespace lunargate::api
