// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/event.h"
#include "gateway/upstream/answer_parser.h"
#include "gateway/upstream/call_error.h"
#include "gateway/upstream/direct_pool.h"
#include "gateway/upstream/transport.h"

#include <optional>
#include <vector>

namespace lunargate {

/// Where a DirectCall goes.
struct DirectOrigin
{
    QByteArray authority;                ///< host and port as the URL has them, for the Host header
    std::vector<QHostAddress> addresses; ///< tried in this order
    quint16 port = 80;
};

/// One HTTP/1.1 request of DirectTransport on its way.
class DirectCall : public UpstreamCall, private DirectConnection::User
{
public:
    /// Starts it. `pool` must outlive it; `request` has passed checkRequest() and has no `rest`.
    DirectCall(DirectPool &pool, std::shared_ptr<const DirectOrigin> origin, UpstreamRequest request);

    Task<Result<UpstreamHead>> head(TimePoint deadline) override;
    Task<Result<QByteArray>> read(TimePoint deadline) override;
    std::optional<PhaseTimes> phaseTimes() override;

private:
    void onReadable() override;
    void onWritable() override;

    void connectNext();
    void begin();
    void send();
    void take(QByteArrayView bytes);
    void onClosed(int error);
    void onComplete(bool hasMore);
    void fail(const CallFailure &failure, const QByteArray &detail);
    void noteConnectError(int error);
    void failToConnect();
    void onConnected();
    void onConnectError(int error);
    void onSendError(int error);
    void releaseSent();
    QByteArray takeBuffered();
    bool isConnecting() const { return m_phase <= CallPhase::Connecting; }
    bool mayResend() const { return m_isKept && m_request.mayResend && m_sends == 1; }
    CallFacts facts() const;

    DirectPool &m_pool;
    const std::shared_ptr<const DirectOrigin> m_origin;
    UpstreamRequest m_request;
    QByteArray m_head; // request line and headers
    const TimePoint m_began = Clock::now();
    TimePoint m_wentOut = m_began; // where the connect timeout counts from: later only if it goes out once more
    TimePoint m_connectBegan{};
    std::optional<TimePoint> m_connectedAt;
    std::optional<TimePoint> m_firstByteAt;
    DirectConnection::Pointer m_connection; // null after the end and every failure
    size_t m_nextAddress = 0;
    int m_connectError = 0; // an errno
    int m_sendError = 0;    // likewise: what receive() may not tell any more
    qsizetype m_sent = 0;   // of head and body, over this connection
    int m_sends = 0;
    bool m_isSent = false;
    bool m_isKept = false;   // the connection served another call before
    bool m_hasBytes = false; // of the answer
    bool m_isPaused = false;

    Event m_changed;
    CallPhase m_phase = CallPhase::Connecting;
    bool m_waitsForConnection = false; // head() waits under the connect timeout
    bool m_isDone = false;
    std::optional<Error> m_error; // with m_isDone
    AnswerParser m_parser;
};

} // namespace lunargate
