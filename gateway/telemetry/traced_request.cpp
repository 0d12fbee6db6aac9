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

qint64 TracedRequest::bytes() const
{
    constexpr qint64 kTexts = 1024; // the short ones, about
    const qint64 said = content ? content->request.size() + content->response.size() + content->frames.size() : 0;
    return static_cast<qint64>(sizeof(TracedRequest) + record.attemptRecords.size() * sizeof(AttemptRecord)) + kTexts +
           said;
}

} // namespace lunargate
