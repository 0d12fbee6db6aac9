// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/timer.h"
#include "gateway/http/connection_limits.h"
#include "gateway/http/incoming_body.h"

#include <QByteArray>

#include <functional>
#include <memory>
#include <optional>

class QObject;
class QTcpSocket;

namespace lunargate {

class RequestParser;

/// A part of ClientConnection: brings the body of a request that is handled while it comes from the client's socket to
/// whoever handles it, no faster than it is taken there, and gives up a client that is too slow.
class UploadReceiver
{
public:
    /// `owner`, which holds this, and the others outlive it. `wanted` is called from the event loop when somebody waits
    /// for more of the body.
    UploadReceiver(QObject &owner, QTcpSocket &socket, RequestParser &parser, const ConnectionLimits &limits,
                   std::function<void()> wanted);
    ~UploadReceiver() { drop(); }
    UploadReceiver(const UploadReceiver &) = delete;
    UploadReceiver &operator=(const UploadReceiver &) = delete;

    /// With RequestParser::State::Body: the body, with what came of it. `ahead` was read of the socket behind that.
    /// receive() is to follow.
    std::shared_ptr<IncomingBody> begin(QByteArray ahead);
    /// Takes what came and has room. May end the request, and calls drop() at the body's end.
    void receive();
    /// No more of the body is wanted.
    void drop();
    /// Whether more of a body is to come.
    bool isActive() const { return m_body != nullptr; }

private:
    void watch();
    void onSilence();

    QObject &m_owner;
    QTcpSocket &m_socket;
    RequestParser &m_parser;
    const ConnectionLimits &m_limits;
    const std::function<void()> m_wanted;
    std::shared_ptr<IncomingBody> m_body;
    QByteArray m_ahead;
    Timer m_deadline; // the client owes us more
    TimePoint m_start;
    TimePoint m_watchStart = kNever; // since when it owes us ConnectionLimits::leastBodyBytes; kNever: it does not
    qint64 m_counted = 0;            // bytes that were there then
};

} // namespace lunargate
