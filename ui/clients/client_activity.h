// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task_runner.h"
#include "gateway/history/history.h"

#include <QDateTime>

#include <map>
#include <memory>
#include <optional>

namespace lunargate::ui {

/// The end of a client's request.
struct ClientRequest
{
    QByteArray client; ///< its id; empty: none that is known
    QString program;   ///< what it calls itself; others wrote it
    QDateTime at;
    int status = 0;
    QString error; ///< stable token, empty on success
    std::chrono::microseconds duration{0};
};

/// `200, 1.2 s`
QString outcomeText(const ClientRequest &request);

/// Which clients use the gateway, as the history and its feed tell. GUI thread.
class ClientActivity : public QObject
{
    Q_OBJECT

public:
    /// Where to read from; null: nowhere, and what is known stays. It outlives the reading.
    void setHistory(History *history);

    /// The last request of that client among the last ones; nothing: there is none.
    std::optional<ClientRequest> last(QByteArrayView client) const;

Q_SIGNALS:
    /// last() changed.
    void changed();
    /// A request is over that was not before this listened.
    void requestEnded(const lunargate::ui::ClientRequest &request);

private:
    Task<> readPast();
    Task<> listen();
    void note(const ClientRequest &request);

    History *m_history = nullptr;
    std::map<QByteArray, ClientRequest> m_last; // by client
    std::unique_ptr<TaskRunner> m_reading = std::make_unique<TaskRunner>();
    std::unique_ptr<TaskRunner> m_listening = std::make_unique<TaskRunner>();
};

} // namespace lunargate::ui
