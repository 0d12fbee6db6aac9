// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/http_reader.h"
#include "tests/support/upstream_script.h"
#include "tests/support/wait.h"

#include <QTcpServer>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <vector>

namespace lunargate::test {

/// A request as a provider saw it, and what became of it.
struct ReceivedRequest
{
    QByteArray method;
    QByteArray path; ///< with the query
    HeaderList headers;
    QByteArray body; ///< as far as it came
    bool hasWholeBody = false;
    int connection = 0;        ///< counts the connections of this upstream from 0
    qint64 bytesSent = 0;      ///< of the answer, handed to the system
    bool wasAnswered = false;  ///< the whole script went out
    bool wasCancelled = false; ///< the peer closed the connection before that
    std::chrono::steady_clock::time_point receivedAt;
    std::chrono::steady_clock::time_point cancelledAt;

    QByteArray header(QByteArrayView name) const { return headers.value(name).value_or(QByteArray()); }
};

/// A provider on 127.0.0.1 that does exactly what the test says and remembers what it was sent. It lives in the test's
/// thread and is driven by the test's event loop: while the test does not wait for anything, nothing moves.
class FakeUpstream : public QObject
{
    Q_OBJECT

public:
    using Behaviour = std::function<Script(const ReceivedRequest &)>;

    FakeUpstream();
    ~FakeUpstream() override;

    quint16 port() const { return m_server.serverPort(); }
    /// `http://127.0.0.1:PORT` and the path: a provider's base_url.
    QByteArray url(QByteArrayView path = "/v1") const;

    /// The next request gets this script; scripts queue up. They come before those of on() and otherwise().
    void enqueue(const Script &script) { m_queue.push(script); }
    /// Every request to that path.
    void on(const QByteArray &path, const Script &script) { m_byPath[path] = script; }
    /// Everything else; by default a chat completion, streamed if the request says so.
    void otherwise(Behaviour behaviour) { m_otherwise = std::move(behaviour); }
    /// Bodies of requests are not read before the gate opens; their heads are.
    void holdBodies(const GatePointer &gate) { m_bodyGate = gate; }

    int requestCount() const { return static_cast<int>(m_requests.size()); }
    /// In order of arrival; counted when the head has come.
    const ReceivedRequest &request(int index) const { return *m_requests.at(static_cast<size_t>(index)); }
    const ReceivedRequest &lastRequest() const { return *m_requests.back(); }
    int connectionCount() const { return m_connections; }

    /// Waits until that many requests have come, with their bodies.
    bool waitForRequests(int count, std::chrono::milliseconds limit = kPatience) const;
    /// Waits until the peer has given up that request.
    bool waitForCancel(int index, std::chrono::milliseconds limit = kPatience) const;
    /// Waits until the whole script of that request went out.
    bool waitForAnswer(int index, std::chrono::milliseconds limit = kPatience) const;

    // For the connections of this upstream.
    GatePointer bodyGate() const { return m_bodyGate; }
    std::shared_ptr<ReceivedRequest> record(int connection);
    Script scriptFor(const ReceivedRequest &request);

private:
    void accept();

    QTcpServer m_server;
    std::queue<Script> m_queue;
    std::map<QByteArray, Script> m_byPath;
    Behaviour m_otherwise;
    GatePointer m_bodyGate;
    std::vector<std::shared_ptr<ReceivedRequest>> m_requests;
    int m_connections = 0;
};

/// A port of 127.0.0.1 that answers no connection attempt: whoever connects waits. Needs Linux, where a full
/// queue of a listening socket drops what comes.
class DeafPort
{
public:
    DeafPort();
    ~DeafPort();
    DeafPort(const DeafPort &) = delete;
    DeafPort &operator=(const DeafPort &) = delete;

    quint16 port() const { return m_port; }

private:
    quint16 m_port = 0;
    std::vector<int> m_descriptors;
};

/// A port of 127.0.0.1 on which nobody listens, so that connections are refused.
quint16 refusingPort();

} // namespace lunargate::test
