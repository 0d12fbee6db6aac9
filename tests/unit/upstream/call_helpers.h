// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/upstream/curl_transport.h"
#include "gateway/upstream/network_transport.h"
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

enum class TransportKind { Qt, Curl };

/// For initTestCase_data(): every test of the program runs once with each transport.
inline void addTransports()
{
    QTest::addColumn<TransportKind>("transport");
    QTest::newRow("Qt") << TransportKind::Qt;
    QTest::newRow("curl") << TransportKind::Curl;
}

inline TransportKind transportUnderTest()
{
    QFETCH_GLOBAL(TransportKind, transport);
    return transport;
}

/// A transport without a proxy, unless told otherwise.
inline std::unique_ptr<Transport> makeTransportOf(TransportKind kind, CurlTransport::Options options)
{
    if (kind == TransportKind::Curl)
        return std::make_unique<CurlTransport>(std::move(options));
    return std::make_unique<NetworkTransport>(
        NetworkTransport::Options{.proxies = std::move(options.proxies),
                                  .extraCertificateFile = std::move(options.extraCertificateFile),
                                  .limits = {}});
}

/// The transport under test, likewise; in the test's own thread.
inline std::unique_ptr<Transport> makeTransport(CurlTransport::Options options = {.proxies = {},
                                                                                  .extraCertificateFile = {}})
{
    return makeTransportOf(transportUnderTest(), std::move(options));
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

} // namespace lunargate::test
