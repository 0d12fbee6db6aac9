// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/faults.h"

#include "gateway/json/writer.h"

#include <algorithm>

namespace lunargate::simulator {

namespace {

struct StatusRow
{
    int status;
    const char *type;
    const char *code;
    const char *message;
};

// OpenAI's error table (platform documentation, "Error codes").
constexpr StatusRow kStatuses[] = {
    {400, "invalid_request_error", "invalid_value", "The request is not valid."},
    {401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided."},
    {403, "invalid_request_error", "unsupported_country_region_territory",
     "Country, region or territory not supported."},
    {404, "invalid_request_error", "model_not_found", "The model does not exist or you do not have access to it."},
    {408, "server_error", "request_timeout", "The request took too long."},
    {429, "requests", "rate_limit_exceeded", "Rate limit reached for requests. Please try again later."},
    {500, "server_error", "server_error", "The server had an error while processing your request."},
    {502, "server_error", "bad_gateway", "Bad gateway."},
    {503, "server_error", "overloaded", "The engine is currently overloaded, please try again later."},
    {504, "server_error", "gateway_timeout", "The model did not answer in time."},
};

} // namespace

int FaultSequence::next()
{
    const quint64 index = m_requests.fetch_add(1, std::memory_order_relaxed);
    return index < m_statuses.size() ? m_statuses[index] : 200;
}

std::generator<Chunk> withStreamFaults(std::generator<Chunk> chunks, SimulatorConfig config)
{
    int sent = 0;
    for (Chunk &&chunk : chunks) {
        if (sent == config.malformedAfterChunks)
            co_yield Chunk{.bytes = "data: {broken\n\n"};
        if (sent == config.cutAfterChunks || sent == config.stallAfterChunks)
            break;
        if (chunk.isEnd && config.missingEnd)
            break;
        co_yield std::move(chunk);
        ++sent;
    }
    if (sent == config.cutAfterChunks)
        co_yield Chunk{.kind = Chunk::Kind::Cut};
    if (sent == config.stallAfterChunks)
        co_yield Chunk{.kind = Chunk::Kind::Stall};
}

std::generator<Chunk> withBodyFaults(QByteArray body, int tokens, SimulatorConfig config)
{
    const bool cuts = config.cutAfterChunks >= 0;
    const bool stalls = config.stallAfterChunks >= 0;
    if (!cuts && !stalls && config.malformedAfterChunks < 0) {
        co_yield Chunk{.bytes = std::move(body), .tokens = tokens};
        co_return;
    }
    const int fault = cuts ? config.cutAfterChunks : stalls ? config.stallAfterChunks : config.malformedAfterChunks;
    if (fault > 0 || (!cuts && !stalls))
        co_yield Chunk{.bytes = body.first(body.size() / 2), .tokens = tokens};
    if (cuts)
        co_yield Chunk{.kind = Chunk::Kind::Cut};
    else if (stalls)
        co_yield Chunk{.kind = Chunk::Kind::Stall};
}

QByteArray errorBody(const QByteArray &message, const QByteArray &type, const QByteArray &param, const QByteArray &code)
{
    QByteArray text = "{\"error\":{\"message\":";
    json::appendString(text, message);
    text += ",\"type\":";
    json::appendString(text, type);
    text += ",\"param\":";
    text += param.isEmpty() ? QByteArray("null") : json::quoted(param);
    text += ",\"code\":";
    json::appendString(text, code);
    return text + "}}";
}

QByteArray statusErrorBody(int status)
{
    const auto row = std::ranges::find(kStatuses, status, &StatusRow::status);
    if (row != std::end(kStatuses))
        return errorBody(row->message, row->type, {}, row->code);
    const QByteArray type = status >= 500 ? "server_error" : "invalid_request_error";
    return errorBody("The simulator was told to answer with status " + QByteArray::number(status) + '.', type, {},
                     "simulated_fault");
}

HeaderList retryAfterHeaders(milliseconds delay)
{
    // Retry-After knows whole seconds only (RFC 9110 section 10.2.3); OpenAI sends the exact time beside it.
    return {{"Retry-After", QByteArray::number(std::chrono::ceil<std::chrono::seconds>(delay).count())},
            {"retry-after-ms", QByteArray::number(static_cast<qint64>(delay.count()))}};
}

} // namespace lunargate::simulator
