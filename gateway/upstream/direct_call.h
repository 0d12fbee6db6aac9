// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/upstream/answer_parser.h"
#include "gateway/upstream/direct_pool.h"
#include "gateway/upstream/waiting_call.h"

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
class DirectCall : public WaitingCall, private DirectConnection::User
{
public:
    /// Starts it. `pool` must outlive it; `request` has passed checkRequest() and has no `rest`.
    DirectCall(DirectPool &pool, std::shared_ptr<const DirectOrigin> origin, UpstreamRequest request);

    std::optional<PhaseTimes> phaseTimes() override;

private:
    void onReadable() override;
    void onWritable() override;

    bool hasHead() const override { return m_parser.hasHead(); }
    UpstreamHead takeHead() override;
    QByteArray takeBuffered() override;
    CallFacts facts() const override;
    void abandon() override { m_connection.reset(); }

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
    bool mayResend() const { return m_isKept && m_request.mayResend && m_sends == 1; }

    DirectPool &m_pool;
    const std::shared_ptr<const DirectOrigin> m_origin;
    UpstreamRequest m_request;
    QByteArray m_head; // request line and headers
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
    AnswerParser m_parser;
};

} // namespace lunargate
