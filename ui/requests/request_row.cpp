// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/requests/request_row.h"

#include "gateway/pipeline/token_estimate.h"

namespace lunargate::ui {

double RequestRow::tokensPerSecond() const
{
    if (progress == Progress::Preparing || progress == Progress::Waiting)
        return static_cast<double>(kUnknown);
    const qint64 writing = isStream && firstToken != kUnknown ? total - firstToken : total;
    return tokensOut > 0 && writing > 0 ? static_cast<double>(tokensOut) * 1e6 / static_cast<double>(writing)
                                        : static_cast<double>(kUnknown);
}

QString TextPool::text(const QByteArray &utf8)
{
    const QString text = QString::fromUtf8(utf8);
    if (text.isEmpty())
        return {};
    if (const auto known = m_texts.constFind(text); known != m_texts.cend())
        return *known;
    if (m_texts.size() == kMostTexts) // rows keep their own
        m_texts.clear();
    return *m_texts.insert(text);
}

QByteArray clientName(const HistoryRecord &record)
{
    QByteArray program = record.client.application;
    if (program.isEmpty())
        program = record.client.userAgent.split(' ').first();
    if (record.caller.isEmpty())
        return program;
    return program.isEmpty() ? record.caller : record.caller + " · " + program;
}

RequestRow requestRow(const HistoryRecord &record, TextPool &pool)
{
    RequestRow row{.position = record.position,
                   .id = record.id,
                   .client = pool.text(clientName(record)),
                   .route = pool.text(record.route),
                   .provider = pool.text(record.provider),
                   .modelAsked = pool.text(record.modelAsked),
                   .modelServed = pool.text(record.modelServed.isEmpty() ? record.model : record.modelServed),
                   .error = pool.text(record.error),
                   .status = record.status,
                   .attempts = record.attemptCount,
                   .isStream = record.stream,
                   .isCacheHit = record.cache == "hit",
                   .usedFallback = record.fallbackUsed,
                   .total = record.duration.count()};
    if (record.timeToFirstByte)
        row.firstToken = record.timeToFirstByte->count();
    if (record.usage) {
        row.tokensIn = record.usage->promptTokens();
        row.tokensCached = record.usage->cachedInput;
        row.tokensOut = record.usage->completionTokens();
    }
    if (record.costUsd)
        row.cost = *record.costUsd;
    return row;
}

HistoryRecord recordOf(const RunningRequest &request)
{
    return {.position = positionOf(request.time),
            .id = request.id,
            .endpoint = request.endpoint,
            .caller = request.caller,
            .client = request.client,
            .route = request.route,
            .provider = request.provider,
            .model = request.model,
            .modelAsked = request.modelAsked,
            .stream = request.stream,
            .attemptCount = request.attempts,
            .timeToFirstByte = request.timeToFirstByte,
            .duration = request.elapsed};
}

RequestRow requestRow(const RunningRequest &request, TextPool &pool)
{
    using State = RunningRequest::State;
    RequestRow row = requestRow(recordOf(request), pool);
    row.progress = request.state == State::Preparing ? RequestRow::Progress::Preparing
                   : request.state == State::Waiting ? RequestRow::Progress::Waiting
                                                     : RequestRow::Progress::Answering;
    if (request.streamedTextBytes > 0)
        row.tokensOut = tokensOfText(request.streamedTextBytes);
    return row;
}

} // namespace lunargate::ui
