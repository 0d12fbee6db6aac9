// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/upstream/curl_transport.h"
#include "gateway/upstream/direct_transport.h"
#include "tests/unit/async/run_task.h"

#include <QTest>

namespace lunargate::test {

/// What a whole call brought.
struct Outcome
{
    Result<UpstreamHead> head;
    QByteArray body;
    std::optional<Error> bodyError;
    QList<qsizetype> pieces;
};

/// The transport under test; without a proxy, unless told otherwise. CMakeLists.txt builds the tests of both.
inline std::unique_ptr<Transport> makeTransport(CurlTransport::Options options = {.proxies = {},
                                                                                  .extraCertificateFile = {}})
{
#ifdef LUNARGATE_TEST_DIRECT_TRANSPORT
    const ProxyEnvironment proxies = options.proxies;
    return std::make_unique<DirectTransport>(std::make_unique<CurlTransport>(std::move(options)), proxies);
#else
    return std::make_unique<CurlTransport>(std::move(options));
#endif
}

inline UpstreamRequest post(const QUrl &url, QByteArray body = "{}")
{
    return {.url = url, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
}

inline Task<Outcome> exchange(Transport *transport, UpstreamRequest request, std::chrono::milliseconds headLimit = {},
                              std::chrono::milliseconds readLimit = {})
{
    const std::unique_ptr<UpstreamCall> call = transport->send(std::move(request));
    Outcome outcome;
    outcome.head = co_await call->head(deadlineIn(headLimit));
    while (outcome.head) {
        Result<QByteArray> piece = co_await call->read(deadlineIn(readLimit));
        if (!piece) {
            outcome.bodyError = piece.error();
            break;
        }
        if (piece->isEmpty())
            break;
        outcome.pieces.append(piece->size());
        outcome.body += *piece;
    }
    co_return outcome;
}

/// Runs a call to its end; a failed outcome if it has none.
inline Outcome wholeCall(Transport *transport, UpstreamRequest request, std::chrono::milliseconds headLimit = {},
                         std::chrono::milliseconds readLimit = {},
                         std::chrono::milliseconds testLimit = std::chrono::seconds(10))
{
    auto outcome = runTask(exchange(transport, std::move(request), headLimit, readLimit), testLimit);
    if (outcome)
        return *std::move(outcome);
    return {.head = std::unexpected(Error{.reason = "test_hangs", .message = "the call did not end"}),
            .body = {},
            .bodyError = {},
            .pieces = {}};
}

} // namespace lunargate::test
