// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/native_answer.h"

#include "gateway/json/writer.h"

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
    const QByteArray status = response["status"].toByteArray();
    const bool isGoingOn = status == "queued" || status == "in_progress";
    if (!response["id"].isString() || !(isGoingOn || status == "completed" || status == "incomplete"))
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
