// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/reasoning_detail.h"

#include "gateway/json/writer.h"

namespace lunargate {

namespace {

constexpr QByteArrayView kText = "reasoning.text";
constexpr QByteArrayView kEncrypted = "reasoning.encrypted";

void appendMember(QByteArray &out, QByteArrayView name, QByteArrayView value)
{
    out += ',';
    json::appendString(out, name);
    out += ':';
    json::appendString(out, value);
}

} // namespace

QByteArray toJson(const ReasoningDetail &detail, int index)
{
    const bool isText = detail.kind == ReasoningDetail::Kind::Text;
    QByteArray out = R"({"type":)";
    json::appendString(out, isText ? kText : kEncrypted);
    if (isText) {
        appendMember(out, "text", detail.text);
        if (!detail.signature.isEmpty())
            appendMember(out, "signature", detail.signature);
    } else {
        appendMember(out, "data", detail.data);
    }
    if (!detail.id.isEmpty())
        appendMember(out, "id", detail.id);
    appendMember(out, "format", detail.format);
    out += R"(,"index":)" + QByteArray::number(index) + '}';
    return out;
}

std::vector<ReasoningDetail> reasoningDetails(json::Value details, QByteArrayView format)
{
    std::vector<ReasoningDetail> result;
    for (const json::Value detail : details.elements()) {
        if (detail["format"].string() != format)
            continue;
        const QByteArrayView type = detail["type"].string();
        if (type != kText && type != kEncrypted)
            continue;
        result.push_back({.kind = type == kText ? ReasoningDetail::Kind::Text : ReasoningDetail::Kind::Encrypted,
                          .text = detail["text"].toByteArray(),
                          .signature = detail["signature"].toByteArray(),
                          .data = detail["data"].toByteArray(),
                          .id = detail["id"].toByteArray(),
                          .format = format.toByteArray()});
    }
    return result;
}

} // namespace lunargate
