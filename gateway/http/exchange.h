// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task.h"
#include "gateway/error.h"
#include "gateway/http/http_request.h"
#include "gateway/http/response_writer.h"
#include "gateway/http/websocket_session.h"

#include <memory>

namespace lunargate {

/// Why what answers a request is destroyed before the answer is complete.
enum class CutReason {
    ClientLeft, ///< nobody is there to be told
    Shutdown,   ///< the gateway ends
    Timeout,    ///< whoever made the request on the gateway's own behalf waits no longer
};

/// One request and the way to answer it. Lives from the request's last byte to the answer's last byte, in one thread.
struct Exchange
{
    /// `writer` outlives this.
    Exchange(HttpRequest received, ResponseWriter &writer) : request(std::move(received)), response(writer) {}

    HttpRequest request;
    ResponseWriter &response;
    /// To be set before the task is destroyed; unless the client left, it may still say so in the answer.
    CutReason cutReason = CutReason::ClientLeft;
    /// Whether the connection can become a WebSocket.
    bool canUpgrade = false;
    /// What is said over it once the answer, whose status is 101, has been sent. Null: the connection stays HTTP's.
    std::unique_ptr<WebSocketSession> session = {};
};

/// What is done with a request whose head is here and whose body is not.
enum class Admission {
    WithBody,    ///< the body may come
    WithoutBody, ///< the answer needs none: the request is handled at once, and the connection closes behind it
    Streamed, ///< it is handled at once, while the body comes (HttpRequest::incoming); the connection closes behind it
};

/// What the HTTP side asks to answer requests. One per worker; called in the worker's thread.
class RequestHandler
{
public:
    RequestHandler() = default;
    RequestHandler(const RequestHandler &) = delete;
    RequestHandler &operator=(const RequestHandler &) = delete;
    virtual ~RequestHandler() = default;

    /// Whether a request may send its body, asked as soon as its head is here, so that nobody without a key makes the
    /// gateway hold megabytes. handle() must check again: a request that comes in one piece is not asked about.
    /// It may give the request a `place`, and changes nothing else.
    virtual Result<Admission> admit(HttpRequest &) { return Admission::WithBody; }

    /// Answers a whole request, or one whose body is Admission::Streamed. Must have sent an answer when it ends. It is
    /// destroyed, wherever it waits, when the client leaves. `exchange` outlives the task.
    virtual Task<> handle(Exchange &exchange) = 0;

    /// A configuration counts from now on: once before the first request, then after each reload. In the worker's
    /// thread.
    virtual void configurationApplied() {}

    /// Answers, at once, what never became a whole request (`exchange.request` holds what was read of it).
    virtual void refuse(Exchange &exchange, const Error &error) = 0;
};

} // namespace lunargate
