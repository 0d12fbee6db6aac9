// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/openai/request_writer.h"
#include "tests/unit/providers/protocol_testing.h"

#include <QTest>

// What a service with quirks gets of a client's body.
namespace lunargate::test {

/// The body, and behind it what was left out; the error's reason and field if it is refused.
inline QByteArray writtenFor(const ProviderConfig &provider, const QByteArray &body, const QByteArray &model = {})
{
    const Result<openai::WrittenRequest> result = openai::writeChatRequest(chatRequest(body), model, provider);
    if (!result)
        return result.error().reason + ' ' + result.error().param;
    const QByteArrayList dropped(result->droppedParams.begin(), result->droppedParams.end());
    return dropped.isEmpty() ? result->body : result->body + " without " + dropped.join(", ");
}

inline QByteArray written(const QuirksConfig &quirks, const QByteArray &body, const QByteArray &model = {})
{
    ProviderConfig provider;
    provider.quirks = quirks;
    return writtenFor(provider, body, model);
}

inline QByteArray withMessages(const QByteArray &messages)
{
    return "{\"messages\":[" + messages + "]}";
}

/// Adds a row of a body before and after.
inline void row(const char *name, QByteArray body, QByteArray expected)
{
    QTest::newRow(name) << std::move(body) << std::move(expected);
}

inline void bodyColumns()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("expected");
}

} // namespace lunargate::test
