// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/carried_thoughts.h"

#include "gateway/json/members.h"
#include "gateway/json/text_writer.h"

namespace lunargate::responses {

namespace {

constexpr QByteArrayView kMark = "lunargate1.";
constexpr int kDeepest = 64; // it comes from clients
constexpr auto kAlphabet = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;

} // namespace

QByteArray encoded(const CarriedThoughts &thoughts)
{
    json::TextWriter json;
    json.beginObject();
    if (!thoughts.details.empty()) {
        json.key("details").beginArray();
        for (const QByteArray &detail : thoughts.details)
            json.raw(detail);
        json.endArray();
    }
    if (!thoughts.extras.empty()) {
        json.key("extras").beginObject();
        for (const auto &[id, extra] : thoughts.extras)
            json.key(id).raw(extra);
        json.endObject();
    }
    if (thoughts.isBehind)
        json.member("behind", true);
    json.endObject();
    return kMark.toByteArray() + json.text().toBase64(kAlphabet);
}

bool isCarried(QByteArrayView encryptedContent)
{
    return encryptedContent.startsWith(kMark);
}

std::optional<json::Document> decoded(QByteArrayView encryptedContent)
{
    if (!isCarried(encryptedContent))
        return std::nullopt;
    const auto bytes = QByteArray::fromBase64Encoding(encryptedContent.sliced(kMark.size()).toByteArray(),
                                                      kAlphabet | QByteArray::AbortOnBase64DecodingErrors);
    if (!bytes || json::isDeeperThan(*bytes, kDeepest))
        return std::nullopt;
    std::optional<json::Document> document = json::Document::parse(*bytes);
    return document && document->root().isObject() ? std::move(document) : std::nullopt;
}

} // namespace lunargate::responses
