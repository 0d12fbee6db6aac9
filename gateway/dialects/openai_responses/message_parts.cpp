// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/message_parts.h"

#include "gateway/chat/invalid_value.h"
#include "gateway/dialects/json_body.h"

#include <utility>

namespace lunargate::responses {

namespace {

void writeText(json::DocumentWriter &json, json::Value part, const QByteArray &place, Translation &translation)
{
    if (!part["text"].isString())
        translation.refuse(invalidValue(place + ".text", "must be a string").error());
    json.beginObject().member("type", "text").key("text");
    if (part["text"].isString())
        json.value(part["text"]);
    else
        json.string("");
    if (const json::Value mark = part["cache_control"]; mark.isObject())
        json.member("cache_control", mark);
    json.endObject();
}

void writeImage(json::DocumentWriter &json, json::Value part, const QByteArray &place, Translation &translation)
{
    const json::Value image = part["image_url"];
    const json::Value address = image.isString() ? image : image["url"];
    const QByteArrayView url = address.string();
    if (url.isEmpty() && !isAbsent(part["file_id"]))
        translation.refuse(place + ".file_id", "files of this service");
    else if (url.isEmpty())
        translation.refuse(invalidValue(place + ".image_url", "must not be empty").error());
    json.beginObject().member("type", "image_url").key("image_url").beginObject();
    if (url.isEmpty())
        json.member("url", "");
    else
        json.member("url", address);
    if (const json::Value detail = part["detail"]; !detail.string().isEmpty())
        json.member("detail", detail);
    json.endObject();
    if (const json::Value mark = part["cache_control"]; mark.isObject())
        json.member("cache_control", mark);
    json.endObject();
}

void writeFile(json::DocumentWriter &json, json::Value part)
{
    // An address stands where data would, as in chat: who can fetch it does.
    const json::Value address = part["file_url"];
    json.beginObject().member("type", "file").key("file").beginObject();
    if (!isAbsent(part["filename"]))
        json.member("filename", part["filename"]);
    if (const json::Value data = isAbsent(part["file_data"]) ? address : part["file_data"]; !isAbsent(data))
        json.member("file_data", data);
    if (!isAbsent(part["file_id"]))
        json.member("file_id", part["file_id"]);
    json.endObject();
    if (const json::Value mark = part["cache_control"]; mark.isObject())
        json.member("cache_control", mark);
    json.endObject();
}

void writePart(json::DocumentWriter &json, json::Value part, const QByteArray &place, Translation &translation)
{
    const QByteArrayView type = part["type"].string();
    if (isTextPart(part))
        writeText(json, part, place, translation);
    else if (type == "input_image")
        writeImage(json, part, place, translation);
    else if (type == "input_file")
        writeFile(json, part);
    else
        json.value(part); // input_audio and refusal are the same in chat
}

} // namespace

bool isTextPart(json::Value part)
{
    const QByteArrayView type = part["type"].string();
    return type == "input_text" || type == "output_text" || type == "text" ||
           (type.isEmpty() && part["text"].isString());
}

std::vector<PlacedPart> partsOf(json::Value content, const QByteArray &place, Translation &translation)
{
    std::vector<PlacedPart> parts;
    if (content.isString())
        parts.push_back({content, place + ".content"});
    else if (!isAbsent(content) && !content.isArray())
        translation.refuse(invalidValue(place + ".content", "must be a string or an array of parts").error());
    size_t index = 0;
    for (const json::Value part : content.elements())
        parts.push_back({part, place + ".content[" + QByteArray::number(index++) + ']'});
    return parts;
}

void writeContent(json::DocumentWriter &json, const std::vector<PlacedPart> &parts, Translation &translation)
{
    const json::Value first = parts.front().value;
    const bool isPlain =
        first.isString() || (isTextPart(first) && first["text"].isString() && isAbsent(first["cache_control"]));
    if (parts.size() == 1 && isPlain) {
        json.value(first.isString() ? first : first["text"]);
        return;
    }
    json.beginArray();
    for (const PlacedPart &part : parts) {
        if (part.value.isString())
            json.beginObject().member("type", "text").member("text", part.value).endObject();
        else
            writePart(json, part.value, part.place, translation);
    }
    json.endArray();
}

QByteArray joinedTexts(json::Value parts)
{
    QByteArray text;
    bool isFirst = true;
    for (const json::Value part : parts.elements()) {
        if (!isTextPart(part))
            continue;
        if (!std::exchange(isFirst, false))
            text += '\n';
        text += part["text"].string();
    }
    return text;
}

} // namespace lunargate::responses
