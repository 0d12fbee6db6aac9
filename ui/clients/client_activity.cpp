// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clients/client_activity.h"

#include "ui/clients/client.h"
#include "ui/text/number_text.h"

namespace lunargate::ui {

namespace {

using namespace std::chrono_literals;

ClientRequest clientRequest(const HistoryRecord &record)
{
    const Client *client = clientOf(record);
    const QByteArray &program =
        record.client.application.isEmpty() ? record.client.userAgent : record.client.application;
    return {
        .client = client ? client->id : "",
        .program = QString::fromUtf8(program),
        .at = QDateTime::fromMSecsSinceEpoch(
            std::chrono::floor<std::chrono::milliseconds>(record.time() + record.duration).time_since_epoch().count()),
        .status = record.status,
        .error = QString::fromUtf8(record.error),
        .duration = record.duration};
}

} // namespace

QString outcomeText(const ClientRequest &request)
{
    const QString status = QString::number(request.status);
    const QString what = request.error.isEmpty() ? status : status + u' ' + request.error;
    return what + QStringLiteral(", ") + durationText(request.duration);
}

void ClientActivity::setHistory(History *history)
{
    // What reads must end before the history does. Nobody calls this from inside of these tasks.
    m_listening = std::make_unique<TaskRunner>();
    m_reading = std::make_unique<TaskRunner>();
    m_history = history;
    if (!history)
        return;
    m_listening->start(listen(), {});
    m_reading->start(readPast(), {});
}

std::optional<ClientRequest> ClientActivity::last(QByteArrayView client) const
{
    const auto found = m_last.find(client.toByteArray());
    return found == m_last.end() ? std::nullopt : std::optional(found->second);
}

Task<> ClientActivity::readPast()
{
    const HistoryPage page = co_await m_history->find({.limit = kLargestHistoryPage});
    for (const HistoryRecord &record : page.records)
        note(clientRequest(record));
    Q_EMIT changed();
}

Task<> ClientActivity::listen()
{
    const std::unique_ptr<HistoryListener> listener = m_history->feed().listen();
    for (bool isLast = !listener; !isLast;) {
        co_await listener->news(kNever);
        const HistoryListener::Batch batch = listener->take();
        isLast = batch.isLast;
        for (const auto &record : batch.records) {
            const ClientRequest request = clientRequest(*record);
            note(request);
            Q_EMIT requestEnded(request);
        }
        Q_EMIT changed();
        co_await SleepUntil(Clock::now() + 200ms);
    }
}

void ClientActivity::note(const ClientRequest &request)
{
    if (request.client.isEmpty())
        return;
    ClientRequest &last = m_last[request.client];
    if (!last.at.isValid() || last.at <= request.at)
        last = request;
}

} // namespace lunargate::ui
