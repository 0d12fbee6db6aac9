// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/session_message.h"
#include "gateway/http/websocket_reader.h"
#include "gateway/json/document.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using namespace lunargate;

// Small, so that the limit is met too.
constexpr qint64 kMaxMessageBytes = 256;
constexpr int kMaxJsonDepth = 8;

// A body that goes on to an endpoint is JSON, whatever the message was.
void checkSessionMessage(const QByteArray &text)
{
    const auto message = api::readSessionMessage(text, kMaxJsonDepth);
    if (!message || message->body.isEmpty())
        return;
    const std::optional<json::Document> body = json::Document::parse(message->body);
    fuzz::require(body && body->root().isObject(), "a request's body is a JSON object");
    fuzz::require(body->root()["stream"].boolean() == true, "every request asks for a stream");
}

QByteArray described(QByteArrayView bytes, qsizetype size)
{
    ConnectionLimits limits;
    limits.maxBodyBytes = kMaxMessageBytes;
    WebSocketReader reader(limits);
    QByteArray text;
    const auto feed = [&](QByteArrayView piece) {
        for (qsizetype used = 0; used < piece.size() && reader.state() == WebSocketReader::State::Reading;) {
            used += reader.feed(piece.sliced(used));
            if (reader.state() != WebSocketReader::State::Complete)
                continue;
            const WebSocketMessage message = reader.takeMessage();
            fuzz::require(message.payload.size() <= kMaxMessageBytes, "no message is over the limit");
            if (message.kind == WebSocketOpcode::Text) {
                fuzz::require(message.payload.isValidUtf8(), "a text is UTF-8");
                checkSessionMessage(message.payload);
            }
            text += QByteArray::number(int(message.kind)) + ' ' + QByteArray::number(int(message.closeCode)) + ' ' +
                    message.payload.toHex() + '\n';
        }
        return reader.state() == WebSocketReader::State::Reading;
    };
    if (!fuzz::feedPieces(bytes, size, feed))
        text += "failed " + QByteArray::number(int(reader.failure()));
    return text;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz::requireSameAtAnySplit(fuzz::view(data, size), described);
    return 0;
}
