// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/content_reader.h"

#include "gateway/chat/invalid_value.h"

#include <algorithm>

namespace lunargate::anthropic_messages {

namespace {

// OpenAI takes no file without a name (OpenAI API reference, "File inputs").
constexpr QByteArrayView kUnnamedDocument = "document.pdf";

bool isMarked(json::Value block)
{
    return block["cache_control"].isObject();
}

bool saysNothing(const PlacedBlock &block)
{
    return block.value["type"].string() == "text" && block.value["text"].isString() &&
           block.value["text"].string().isEmpty();
}

/// Writes one block after the other as parts.
class PartWriter
{
public:
    PartWriter(json::DocumentWriter &json, LostNames &lost) : m_json(json), m_lost(lost) {}

    Result<void> write(const PlacedBlock &block)
    {
        const QByteArrayView type = block.value["type"].string();
        if (type == "text")
            return writeText(block);
        if (type == "image")
            return writeImage(block);
        if (type == "document")
            return writeDocument(block);
        if (type == "search_result")
            return writeSearchResult(block);
        if (type == "tool_reference") {
            writeTextPart("tool: " + block.value["tool_name"].toByteArray(), block.value);
            return {};
        }
        if (!block.value.isObject() || type.isEmpty())
            return invalidValue(block.place, "must be an object with a type");
        return onlyAnthropic(block.place, "content of type '" + type.toByteArray() + '\'');
    }

private:
    void writeTextPart(QByteArrayView text, json::Value block)
    {
        if (text.isEmpty())
            return; // says nothing, and is refused by some
        beginTextPart().documentText(text);
        writeMark(m_json, block);
        m_json.endObject();
    }

    json::DocumentWriter &beginTextPart() { return m_json.beginObject().member("type", "text").key("text"); }

    Result<void> writeText(const PlacedBlock &block)
    {
        if (!block.value["text"].isString())
            return invalidValue(block.place + ".text", "must be a string");
        if (block.value["citations"].size() > 0)
            m_lost.add("messages.content.citations");
        if (saysNothing(block))
            return {};
        beginTextPart().value(block.value["text"]);
        writeMark(m_json, block.value);
        m_json.endObject();
        return {};
    }

    Result<void> writeImage(const PlacedBlock &block)
    {
        const Result<QByteArray> url = urlOf(block, "image/jpeg");
        if (!url)
            return std::unexpected(url.error());
        m_json.beginObject().member("type", "image_url").key("image_url").beginObject();
        m_json.key("url").documentText(*url).endObject();
        writeMark(m_json, block.value);
        m_json.endObject();
        return {};
    }

    // The bytes as a data URL, or where they are.
    static Result<QByteArray> urlOf(const PlacedBlock &block, QByteArrayView usualType)
    {
        const json::Value source = block.value["source"];
        const QByteArrayView type = source["type"].string();
        if (type == "base64") {
            const QByteArrayView mediaType = source["media_type"].string();
            return "data:" + (mediaType.isEmpty() ? usualType : mediaType).toByteArray() + ";base64," +
                   source["data"].toByteArray();
        }
        if (type == "url" && !source["url"].string().isEmpty())
            return source["url"].toByteArray();
        if (type == "file")
            return onlyAnthropic(block.place + ".source", "files of its own; send them as base64");
        return invalidValue(block.place + ".source", "must be of type base64, url or file");
    }

    Result<void> writeDocument(const PlacedBlock &block)
    {
        const json::Value value = block.value;
        if (value["citations"]["enabled"].boolean() == true)
            m_lost.add("messages.content.citations");
        const json::Value source = value["source"];
        const QByteArrayView type = source["type"].string();
        if (type == "text") {
            writeTextPart(headed(value, source["data"].string()), value);
            return {};
        }
        if (type == "content")
            return writeInner(block);
        const Result<QByteArray> url = urlOf(block, "application/pdf");
        if (!url)
            return std::unexpected(url.error());
        const QByteArrayView title = value["title"].string();
        m_json.beginObject().member("type", "file").key("file").beginObject();
        m_json.member("filename", title.isEmpty() ? kUnnamedDocument : title);
        m_json.key("file_data").documentText(*url).endObject();
        writeMark(m_json, value);
        m_json.endObject();
        return {};
    }

    // A document that consists of blocks.
    Result<void> writeInner(const PlacedBlock &block)
    {
        const json::Value content = block.value["source"]["content"];
        const QByteArray head = headed(block.value, content.string());
        writeTextPart(head, content.isString() ? block.value : json::Value());
        for (const PlacedBlock &inner : blocksOf(content, block.place + ".source.content")) {
            if (Result<void> written = write(inner); !written)
                return written;
        }
        return {};
    }

    static QByteArray headed(json::Value document, QByteArrayView text)
    {
        QByteArray result;
        for (const char *name : {"title", "context"}) {
            if (const QByteArrayView line = document[name].string(); !line.isEmpty())
                result.append(line).append("\n\n");
        }
        return result.append(text);
    }

    Result<void> writeSearchResult(const PlacedBlock &block)
    {
        QByteArray text = block.value["title"].toByteArray() + '\n' + block.value["source"].toByteArray() + '\n';
        for (const json::Value inner : block.value["content"].elements())
            text.append('\n').append(inner["text"].string());
        writeTextPart(text, block.value);
        return {};
    }

    json::DocumentWriter &m_json;
    LostNames &m_lost;
};

} // namespace

void LostNames::add(QByteArrayView name)
{
    // Nobody reads more of them, and clients may send a million.
    constexpr size_t kMostNamed = 50;
    if (m_names.size() < kMostNamed && !std::ranges::contains(m_names, name))
        m_names.push_back(name.toByteArray());
}

std::vector<PlacedBlock> blocksOf(json::Value content, const QByteArray &place)
{
    std::vector<PlacedBlock> blocks;
    blocks.reserve(content.isArray() ? content.size() : 0);
    for (const json::Value block : content.elements())
        blocks.push_back({block, place + '[' + QByteArray::number(qulonglong(blocks.size())) + ']'});
    return blocks;
}

Result<void> writeContent(json::DocumentWriter &json, const std::vector<PlacedBlock> &blocks, LostNames &lost)
{
    const bool isPlain = blocks.size() == 1 && blocks.front().value["type"].string() == "text" &&
                         blocks.front().value["text"].isString() && !isMarked(blocks.front().value) &&
                         blocks.front().value["citations"].size() == 0;
    if (isPlain) {
        json.value(blocks.front().value["text"]);
        return {};
    }
    if (std::ranges::all_of(blocks, saysNothing)) { // an empty array is refused by some
        json.string("");
        return {};
    }
    json.beginArray();
    PartWriter writer(json, lost);
    for (const PlacedBlock &block : blocks) {
        if (Result<void> written = writer.write(block); !written)
            return written;
    }
    json.endArray();
    return {};
}

void writeMark(json::DocumentWriter &json, json::Value block)
{
    if (isMarked(block))
        json.member("cache_control", block["cache_control"]);
}

std::unexpected<Error> onlyAnthropic(const QByteArray &place, const QByteArray &what)
{
    return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                 .reason = "unsupported_parameter",
                                 .message = '\'' + place +
                                            "' cannot be translated for other providers: only Anthropic has " + what +
                                            "; leave it out, or name a provider of type anthropic",
                                 .param = place});
}

} // namespace lunargate::anthropic_messages
