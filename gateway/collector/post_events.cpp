// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/post_events.h"

#include "gateway/collector/gzip.h"
#include "gateway/resilience/retry_hints.h"

namespace lunargate {

namespace {

constexpr std::chrono::seconds kConnectTimeout{10};
// Nobody reads what it says, but a connection whose answer was read to the end serves the next call.
constexpr qsizetype kLongestAnswer = 64 * 1024;

UpstreamRequest requestOf(const DataSharingConfig &settings, QByteArray payload)
{
    UpstreamRequest request{
        .url = QUrl::fromEncoded(settings.backendUrl + "/collector"),
        .headers = {{"Authorization", "Bearer " + settings.apiKey.reveal()}, {"Content-Type", "application/json"}},
        .body = {},
        .connectTimeout = kConnectTimeout};
    if (settings.compress)
        request.headers.add("Content-Encoding", "gzip");
    request.body = settings.compress ? gzipped(payload) : std::move(payload);
    return request;
}

} // namespace

Task<DeliveryOutcome> postEvents(Transport &network, DataSharingConfig settings, QByteArray payload, TimePoint deadline)
{
    const std::unique_ptr<UpstreamCall> call = network.send(requestOf(settings, std::move(payload)));
    const Result<UpstreamHead> head = co_await call->head(deadline);
    if (!head)
        co_return DeliveryOutcome{.problem = head.error().reason};
    qsizetype read = 0;
    while (read < kLongestAnswer) {
        const Result<QByteArray> bytes = co_await call->read(deadline);
        if (!bytes || bytes->isEmpty())
            break;
        read += bytes->size();
    }
    co_return DeliveryOutcome{.status = head->status,
                              .retryAfter = readRetryHints(head->headers, std::chrono::system_clock::now()).retryAfter};
}

} // namespace lunargate
