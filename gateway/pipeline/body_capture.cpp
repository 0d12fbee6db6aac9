// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/body_capture.h"

#include <algorithm>

namespace lunargate {

namespace {

constexpr qint64 kMargin = 64 * 1024;

// Sound, pictures and files with them help nobody who reads the history.
bool isText(QByteArrayView contentType)
{
    const QByteArray type = contentType.toByteArray().toLower();
    return type.isEmpty() || type.startsWith("text/") || type.contains("json") || type.contains("xml") ||
           type.startsWith("application/x-www-form-urlencoded");
}

HistoryMessage withoutBinary(HistoryMessage message)
{
    if (isText(message.headers.value("Content-Type").value_or(QByteArray())))
        return message;
    message.leftOut += message.body.size();
    message.body.clear();
    message.frames.clear();
    return message;
}

} // namespace

/// A call to a provider, seen from beside.
class BodyCapture::Call : public UpstreamCall
{
public:
    Call(BodyCapture &capture, std::shared_ptr<ProviderMessages> messages, std::unique_ptr<UpstreamCall> call)
        : m_capture(capture), m_messages(std::move(messages)), m_call(std::move(call))
    {
    }

    Task<Result<UpstreamHead>> head(TimePoint deadline) override
    {
        Result<UpstreamHead> head = co_await m_call->head(deadline);
        if (head) {
            m_messages->answer.headers = head->headers;
            m_capture.m_provider = m_messages;
        }
        co_return head;
    }

    Task<Result<QByteArray>> read(TimePoint deadline) override
    {
        Result<QByteArray> bytes = co_await m_call->read(deadline);
        if (bytes && !bytes->isEmpty()) {
            m_capture.append(m_messages->answer, *bytes);
            m_capture.m_provider = m_messages;
        }
        co_return bytes;
    }

    std::optional<PhaseTimes> phaseTimes() override { return m_call->phaseTimes(); }

private:
    BodyCapture &m_capture;
    std::shared_ptr<ProviderMessages> m_messages;
    std::unique_ptr<UpstreamCall> m_call;
};

HistoryMessage BodyCapture::ProviderMessages::sent() const
{
    HistoryMessage message = request;
    if (rest)
        message.leftOut += rest->taken() - takenBefore;
    return message;
}

BodyCapture::BodyCapture(TimePoint requestStart, qint64 mostBytes)
    : m_start(requestStart), m_mostBytes(mostBytes + kMargin)
{
}

void BodyCapture::noteRequest(const HttpRequest &request)
{
    m_request = whole(request.headers, request.body);
}

void BodyCapture::noteAnswer(QByteArrayView bytes)
{
    append(m_answer, bytes);
}

void BodyCapture::noteAnswerHeaders(const HeaderList &headers, const QByteArray &contentType)
{
    m_answer.headers = headers;
    m_answer.headers.set("Content-Type", contentType);
}

std::unique_ptr<UpstreamCall>
BodyCapture::watch(UpstreamRequest request, const std::function<std::unique_ptr<UpstreamCall>(UpstreamRequest)> &send)
{
    auto messages = std::make_shared<ProviderMessages>();
    messages->request = whole(request.headers, request.body);
    messages->rest = request.rest;
    messages->takenBefore = request.rest ? request.rest->taken() : 0;
    if (!m_provider || m_provider->isSilent())
        m_provider = messages;
    return std::make_unique<Call>(*this, std::move(messages), send(std::move(request)));
}

std::shared_ptr<const HistoryMessages> BodyCapture::messages() const
{
    auto messages = std::make_shared<HistoryMessages>();
    (*messages)[HistoryPart::ClientRequest] = withoutBinary(m_request);
    (*messages)[HistoryPart::ClientAnswer] = withoutBinary(m_answer);
    if (m_provider) {
        (*messages)[HistoryPart::ProviderRequest] = withoutBinary(m_provider->sent());
        (*messages)[HistoryPart::ProviderAnswer] = withoutBinary(m_provider->answer);
    }
    return messages;
}

HistoryMessage BodyCapture::whole(const HeaderList &headers, const QByteArray &body) const
{
    return {.headers = headers,
            .body = body.first(std::min<qint64>(body.size(), m_mostBytes)),
            .leftOut = std::max<qint64>(body.size() - m_mostBytes, 0)};
}

void BodyCapture::append(HistoryMessage &message, QByteArrayView bytes) const
{
    const qint64 room = std::min<qint64>(bytes.size(), m_mostBytes - message.body.size());
    message.leftOut += bytes.size() - room;
    if (room == 0)
        return;
    message.body.append(bytes.first(room));
    const auto at = std::chrono::floor<std::chrono::microseconds>(Clock::now() - m_start);
    message.frames.push_back({.at = at, .end = message.body.size()});
}

} // namespace lunargate
