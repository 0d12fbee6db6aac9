// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/content_reader.h"

#include "gateway/chat/invalid_value.h"

namespace lunargate::openai_chat {

namespace {

using Kind = ContentPart::Kind;

bool isTextType(QByteArrayView type)
{
    return type.isEmpty() || type == "text" || type == "input_text" || type == "output_text";
}

bool isImageType(QByteArrayView type)
{
    return type == "image_url" || type == "input_image" || type == "image";
}

// `image_url: {url}`, `image_url: "…"` (Responses) and `url` all occur.
QByteArrayView imageUrl(json::Value part)
{
    const json::Value image = part["image_url"];
    if (image.isString())
        return image.string();
    const QByteArrayView nested = image["url"].string();
    return nested.isEmpty() ? part["url"].string() : nested;
}

/// Where a part stands. Its text is made for errors only.
struct Place
{
    int message = 0;
    size_t part = 0;

    QByteArray operator+(const char *member) const
    {
        return "messages[" + QByteArray::number(message) + "].content[" + QByteArray::number(part) + ']' + member;
    }
};

Result<ContentPart> readPart(json::Value value, Place place)
{
    if (value.isString())
        return ContentPart{.kind = Kind::Text, .text = value.string()};
    if (!value.isObject())
        return invalidValue(place + "", "must be an object");
    ContentPart part{.kind = Kind::Other, .cacheControl = value["cache_control"], .raw = value};
    const QByteArrayView type = value["type"].string();
    if (isTextType(type)) {
        if (!value["text"].isString())
            return invalidValue(place + ".text", "must be a string");
        part.kind = Kind::Text;
        part.text = value["text"].string();
    } else if (type == "refusal") {
        part.kind = Kind::Refusal;
        part.text = value["refusal"].string();
    } else if (isImageType(type)) {
        part.kind = Kind::Image;
        part.url = imageUrl(value);
        if (part.url.isEmpty())
            return invalidValue(place + ".image_url.url", "must not be empty");
    } else if (type == "input_audio") {
        part.kind = Kind::Audio;
        part.data = value["input_audio"]["data"].string();
        part.format = value["input_audio"]["format"].string();
        if (part.data.isEmpty())
            return invalidValue(place + ".input_audio.data", "must not be empty");
    } else if (type == "file" || type == "input_file") {
        const json::Value file = value["file"].isObject() ? value["file"] : value;
        part.kind = Kind::File;
        part.url = file["file_data"].string();
        part.fileId = file["file_id"].string();
        part.name = file["filename"].string();
        if (part.url.isEmpty() && part.fileId.isEmpty())
            return invalidValue(place + ".file", "needs file_data or file_id");
    }
    return part;
}

} // namespace

Result<std::vector<ContentPart>> readContent(json::Value content, int messageIndex)
{
    std::vector<ContentPart> parts;
    if (content.isString()) {
        parts.push_back({.kind = Kind::Text, .text = content.string()});
        return parts;
    }
    if (!content.exists() || content.isNull())
        return parts;
    if (!content.isArray())
        return invalidValue("messages[" + QByteArray::number(messageIndex) + "].content",
                            "must be a string or an array of parts");
    parts.reserve(content.size());
    for (const json::Value value : content.elements()) {
        Result<ContentPart> part = readPart(value, {.message = messageIndex, .part = parts.size()});
        if (!part)
            return std::unexpected(std::move(part.error()));
        parts.push_back(*part);
    }
    return parts;
}

} // namespace lunargate::openai_chat
