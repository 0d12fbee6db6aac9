// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_record.h"
#include "gateway/http/http_request.h"
#include "gateway/upstream/transport.h"

#include <functional>
#include <memory>

namespace lunargate {

/// Collects what was said in one request, for the history (`history.capture: bodies`). Of the calls to providers it
/// keeps the one that something came from last. Belongs to the request's thread; outlives its calls.
class BodyCapture
{
public:
    /// Somewhat more than `mostBytes` of each body are collected, so that a secret which ends behind is still found.
    BodyCapture(TimePoint requestStart, qint64 mostBytes);

    void noteRequest(const HttpRequest &request);
    /// So much of the request's body was passed on while it came, and is not kept.
    void noteUnkept(qint64 bytes) { m_request.leftOut = bytes; }
    /// The answer's next piece; of a whole one all of it.
    void noteAnswer(QByteArrayView bytes);
    void noteAnswerHeaders(const HeaderList &headers, const QByteArray &contentType);

    /// Starts a call with `send`, and collects what is sent and what comes.
    std::unique_ptr<UpstreamCall> watch(UpstreamRequest request,
                                        const std::function<std::unique_ptr<UpstreamCall>(UpstreamRequest)> &send);

    /// What came together so far, but for bodies that are no text.
    std::shared_ptr<const HistoryMessages> messages() const;

private:
    class Call;

    struct ProviderMessages
    {
        HistoryMessage sent() const;
        bool isSilent() const { return answer.headers.isEmpty() && answer.body.isEmpty(); }

        HistoryMessage request;
        HistoryMessage answer;
        std::shared_ptr<const IncomingBody> rest; // what followed of the request, which is not kept; null: nothing
        qint64 takenBefore = 0;                   // of it, by whoever sent another call
    };

    HistoryMessage whole(const HeaderList &headers, const QByteArray &body) const;
    void append(HistoryMessage &message, QByteArrayView bytes) const;

    const TimePoint m_start;
    const qint64 m_mostBytes;
    HistoryMessage m_request;
    HistoryMessage m_answer;
    std::shared_ptr<const ProviderMessages> m_provider; // null: none was asked
};

} // namespace lunargate
