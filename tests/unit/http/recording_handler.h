// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/event.h"
#include "gateway/http/exchange.h"

#include <QByteArrayList>

namespace lunargate::test {

/// Answers requests as the test says, and remembers them.
class RecordingHandler : public RequestHandler
{
public:
    using Answer = Task<> (*)(RecordingHandler &, Exchange &);

    explicit RecordingHandler(Answer answer = answerTarget) : m_answer(answer) {}

    Result<Admission> admit(HttpRequest &request) override
    {
        asked.append(request.target);
        request.place = place;
        return admission;
    }

    Task<> handle(Exchange &exchange) override
    {
        const Count count(*this);
        targets.append(exchange.request.target);
        bodies.append(exchange.request.body);
        co_await m_answer(*this, exchange);
        ++ended;
    }

    void refuse(Exchange &exchange, const Error &error) override
    {
        refusals.append(error.reason);
        exchange.response.send(httpStatus(error), "text/plain", error.reason);
    }

    /// Answers at once with the request's target.
    static Task<> answerTarget(RecordingHandler &, Exchange &exchange)
    {
        exchange.response.send(200, "text/plain", exchange.request.target);
        co_return;
    }
    /// The same once `go` is notified.
    static Task<> answerLater(RecordingHandler &handler, Exchange &exchange)
    {
        co_await handler.go.wait();
        exchange.response.send(200, "text/plain", exchange.request.target);
    }

    Event go;
    Result<Admission> admission = Admission::WithBody; ///< what admit() says
    std::shared_ptr<const void> place;                 ///< what admit() gives a request
    QByteArrayList asked;                              ///< the targets that admit() was asked about
    QByteArrayList targets;
    QByteArrayList bodies;
    QByteArrayList refusals;
    int running = 0; ///< frames that exist
    int ended = 0;   ///< requests whose answer went to its end

private:
    struct Count
    {
        explicit Count(RecordingHandler &owner) : handler(owner) { ++handler.running; }
        ~Count() { --handler.running; }
        RecordingHandler &handler;
    };

    Answer m_answer;
};

} // namespace lunargate::test
