// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/delivery/post.h"

#include "gateway/delivery/gzip.h"
#include "gateway/resilience/retry_hints.h"

namespace lunargate {

namespace {

constexpr std::chrono::seconds kConnectTimeout{10};
// Also who does not care what it says reads it: a connection whose answer was read to the end serves the next call.
constexpr qsizetype kLongestAnswer = 64 * 1024;

} // namespace

Task<DeliveryOutcome> post(Transport &network, UpstreamRequest request, TimePoint deadline)
{
    const std::unique_ptr<UpstreamCall> call = network.send(std::move(request));
    const Result<UpstreamHead> head = co_await call->head(deadline);
    if (!head)
        co_return DeliveryOutcome{.problem = head.error().reason};
    QByteArray answer;
    while (answer.size() < kLongestAnswer) {
        const Result<QByteArray> bytes = co_await call->read(deadline);
        if (!bytes || bytes->isEmpty())
            break;
        answer.append(*bytes);
    }
    co_return DeliveryOutcome{.status = head->status,
                              .retryAfter = readRetryHints(head->headers, std::chrono::system_clock::now()).retryAfter,
                              .answer = std::move(answer)};
}

UpstreamRequest jsonPost(const QByteArray &url, HeaderList headers, QByteArray payload, bool compress)
{
    headers.add("Content-Type", "application/json");
    if (compress)
        headers.add("Content-Encoding", "gzip");
    return {.url = QUrl::fromEncoded(url),
            .headers = std::move(headers),
            .body = compress ? gzipped(payload) : std::move(payload),
            .connectTimeout = kConnectTimeout};
}

} // namespace lunargate
