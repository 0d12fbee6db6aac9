// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/carried_thought.h"

#include "gateway/json/document.h"
#include "gateway/json/text_writer.h"

namespace lunargate {

QByteArray carriedText(const CarriedThought &thought)
{
    if (thought.detail.isEmpty() && thought.extraContent.isEmpty())
        return kCarriedMark.toByteArray();
    json::TextWriter json;
    json.beginObject();
    if (!thought.detail.isEmpty())
        json.key("detail").raw(thought.detail);
    if (!thought.extraContent.isEmpty())
        json.member("call", thought.callId).key("extra_content").raw(thought.extraContent);
    json.endObject();
    return kCarriedMark.toByteArray() + json.text().toBase64();
}

std::optional<CarriedThought> readCarried(QByteArrayView text)
{
    if (!text.startsWith(kCarriedMark))
        return std::nullopt;
    const auto decoded = QByteArray::fromBase64Encoding(text.sliced(kCarriedMark.size()).toByteArray(),
                                                        QByteArray::AbortOnBase64DecodingErrors);
    const std::optional<json::Document> document =
        decoded ? json::Document::parse(decoded.decoded) : std::optional<json::Document>();
    if (!document)
        return CarriedThought();
    const json::Value root = document->root();
    const auto object = [](json::Value value) { return value.isObject() ? json::toText(value) : QByteArray(); };
    return CarriedThought{.detail = object(root["detail"]),
                          .callId = root["call"].toByteArray(),
                          .extraContent = object(root["extra_content"])};
}

} // namespace lunargate
