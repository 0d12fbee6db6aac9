// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/traced_request.h"

#include <algorithm>

namespace lunargate {

void TracedContent::setRequest(const QByteArray &body)
{
    if (body.size() <= kLargestBody)
        request = body;
}

void TracedContent::setResponse(QByteArrayView body)
{
    if (body.size() <= kLargestBody)
        response = body.toByteArray();
}

void TracedContent::addFrames(const QByteArray &more)
{
    if (isStreamTooLarge)
        return;
    isStreamTooLarge = frames.size() + more.size() > kLargestStream;
    if (isStreamTooLarge)
        frames = {};
    else
        frames.append(more);
}

// Only the one that gave the answer has a first byte, also if it broke later.
const AttemptRecord *TracedRequest::answeredAttempt() const
{
    const auto hasAnswered = [](const AttemptRecord &attempt) { return attempt.firstByteAt.has_value(); };
    const auto found = std::ranges::find_if(record.attemptRecords, hasAnswered);
    return found == record.attemptRecords.end() ? nullptr : &*found;
}

void TracedRequest::dropContent()
{
    content.reset();
    parameters.stop.clear();
}

qint64 TracedRequest::bytes() const
{
    constexpr qint64 kShortTexts = 1024; // all of them, about
    qint64 sum = static_cast<qint64>(sizeof(TracedRequest)) + kShortTexts;
    for (const QByteArray *text : {&record.clientRequestId, &record.method, &record.path, &record.model,
                                   &record.modelAsked, &record.modelServed, &record.responseId, &record.errorMessage})
        sum += text->size();
    for (const AttemptRecord &attempt : record.attemptRecords)
        sum += static_cast<qint64>(sizeof(AttemptRecord)) + attempt.model.size() + attempt.errorCode.size();
    for (const QByteArray &text : parameters.stop)
        sum += static_cast<qint64>(sizeof(QByteArray)) + text.size();
    if (trace)
        sum += trace->state.size();
    if (content)
        sum += content->request.size() + content->response.size() + content->frames.size();
    return sum;
}

} // namespace lunargate
