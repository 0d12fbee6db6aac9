// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/native_answer.h"

#include "gateway/json/writer.h"

#include <algorithm>

namespace lunargate::responses {

QByteArray dataOf(const QByteArray &eventLines)
{
    constexpr QByteArrayView kData = "data: ";
    qsizetype begin = eventLines.startsWith(kData) ? 0 : eventLines.indexOf("\ndata: ") + 1;
    if (begin == 0 && !eventLines.startsWith(kData))
        return {};
    return eventLines.sliced(begin + kData.size()).replace("\ndata: ", "\n");
}

std::optional<FinishedResponse> finishedResponse(json::Value response, const QByteArray &providerId)
{
    static constexpr QByteArrayView kKnown[] = {"queued",     "in_progress", "completed",
                                                "incomplete", "failed",      "cancelled"};
    const QByteArray status = response["status"].toByteArray();
    if (!response["id"].isString() || !std::ranges::contains(kKnown, QByteArrayView(status)))
        return std::nullopt;
    const bool isStored = response["store"].boolean().value_or(true); // the protocol's default
    const json::Value output = response["output"];
    return FinishedResponse{.id = response["id"].toByteArray(),
                            .object = json::toText(response),
                            .outputItems = output.isArray() ? json::toText(output) : QByteArray("[]"),
                            .providerId = isStored ? providerId : QByteArray(),
                            .model = response["model"].toByteArray(),
                            .status = status,
                            .isComplete = status == "completed"};
}

} // namespace lunargate::responses
