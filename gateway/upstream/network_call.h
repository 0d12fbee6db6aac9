// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/event.h"
#include "gateway/upstream/connection_pool.h"
#include "gateway/upstream/network_error.h"
#include "gateway/upstream/transport.h"

#include <QNetworkReply>
#include <QNetworkRequest>
#include <QPointer>

namespace lunargate {

/// One HTTP request of NetworkTransport on its way: turns the signals of a QNetworkReply into answers to head() and
/// read().
class NetworkCall : public UpstreamCall
{
public:
    /// Starts it. `prepared` holds the URL and headers of `request`.
    NetworkCall(ConnectionPool::Lease lease, const QNetworkRequest &prepared, UpstreamRequest request);
    ~NetworkCall() override;

    Task<Result<UpstreamHead>> head(TimePoint deadline) override;
    Task<Result<QByteArray>> read(TimePoint deadline) override;

private:
    /// What tells where the body ends (RFC 9112 section 6.3).
    enum class Framing { None, Length, Chunks, UntilClose };

    void watch();
    void onConnected();
    void onRequestSent();
    void onHead();
    void onSentAgain();
    bool isConnecting() const { return m_phase <= CallPhase::Connecting; }
    UpstreamHead takeHead() const;
    QByteArray takeBuffered();
    void makeRoom();
    CallFacts facts() const;
    Error failure() const;
    bool isComplete() const;
    void dropReply();
    void release();

    std::optional<ConnectionPool::Lease> m_lease;
    QByteArray m_host;
    QByteArray m_method;
    bool m_tls;
    std::chrono::milliseconds m_connectTimeout;
    TimePoint m_began = Clock::now();

    QPointer<QNetworkReply> m_reply; // null after the end, a failure, or the death of its manager
    QObject m_context;               // receives the reply's signals
    Event m_changed;
    CallPhase m_phase = CallPhase::Resolving;
    bool m_hasHead = false;
    Framing m_framing = Framing::UntilClose;
    bool m_wasResent = false; // Qt sent the request again after its answer had begun
    QByteArray m_rest;        // with m_wasResent: what the first answer left
    QByteArray m_tlsProblem;
    qint64 m_missing = 0; // what is left of a known Content-Length
    qint64 m_takenSinceRoom = 0;
};

} // namespace lunargate
