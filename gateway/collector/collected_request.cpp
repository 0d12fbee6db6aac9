// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/collected_request.h"

#include <algorithm>
#include <iterator>

namespace lunargate {

InferenceParameters InferenceParameters::orElse(const InferenceParameters &defaults) const
{
    return {.temperature = temperature ? temperature : defaults.temperature,
            .topP = topP ? topP : defaults.topP,
            .topK = topK ? topK : defaults.topK};
}

void CollectedRequest::setRequest(const QByteArray &body)
{
    if (sharing.prompts && body.size() <= kLargestBody)
        request = body;
}

void CollectedRequest::setResponse(QByteArrayView body)
{
    if (sharing.responses && body.size() <= kLargestBody)
        response = body.toByteArray();
}

void CollectedRequest::addFrames(const QByteArray &more)
{
    if (!sharing.responses || isStreamTooLarge)
        return;
    isStreamTooLarge = frames.size() + more.size() > kLargestStream;
    if (isStreamTooLarge)
        frames = {};
    else if (frames.isEmpty())
        frames = more;
    else
        frames.append(more);
}

const CollectedTarget *CollectedRequest::target() const
{
    if (targets.empty())
        return nullptr;
    const auto used = std::ranges::find_if(targets, [this](const CollectedTarget &target) {
        return target.provider == record.provider && target.model == record.model;
    });
    return used == targets.end() ? &targets.front() : &*used;
}

qint64 CollectedRequest::bytes() const
{
    constexpr qint64 kShortTexts = 1024; // about
    constexpr qint64 kTarget = 256;
    qint64 texts = record.modelAsked.size() + record.errorMessage.size() + record.path.size();
    for (const auto &[name, value] : routing)
        texts += name.size() + value.size();
    return static_cast<qint64>(sizeof(CollectedRequest) + record.attemptRecords.size() * sizeof(AttemptRecord)) +
           kShortTexts + kTarget * std::ssize(targets) + texts + request.size() + response.size() + frames.size();
}

} // namespace lunargate
