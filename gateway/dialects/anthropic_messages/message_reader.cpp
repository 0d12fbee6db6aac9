// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/message_reader.h"

#include "gateway/chat/invalid_value.h"
#include "gateway/dialects/anthropic_messages/assistant_reader.h"
#include "gateway/dialects/json_body.h"

#include <algorithm>

namespace lunargate::anthropic_messages {

namespace {

// Claude Code's first system block tells Anthropic whom to bill; to a model it says nothing, and it changes with every
// version, which no prompt cache survives.
constexpr QByteArrayView kAttribution = "x-anthropic-billing-header:";

bool isResult(const PlacedBlock &block)
{
    return block.value["type"].string() == "tool_result";
}

bool isAttribution(const PlacedBlock &block)
{
    return block.value["text"].string().startsWith(kAttribution);
}

/// A message's content as blocks, also where it is a plain text.
struct Content
{
    json::Value text;
    std::vector<PlacedBlock> blocks;
};

Result<Content> readContent(json::Value content, const QByteArray &place)
{
    if (content.isString())
        return Content{content, {}};
    if (!content.isArray())
        return invalidValue(place, "must be a string or an array of blocks");
    return Content{{}, blocksOf(content, place)};
}

Result<void> writeContent(json::DocumentWriter &json, const Content &content, LostNames &lost)
{
    if (!content.text.exists())
        return writeContent(json, content.blocks, lost);
    json.value(content.text);
    return {};
}

Result<void> writePlain(json::DocumentWriter &json, QByteArrayView role, const Content &content, LostNames &lost)
{
    json.beginObject().member("role", role).key("content");
    if (Result<void> written = writeContent(json, content, lost); !written)
        return written;
    json.endObject();
    return {};
}

Result<void> writeResult(json::DocumentWriter &json, const PlacedBlock &block, LostNames &lost)
{
    const json::Value value = block.value;
    if (value["tool_use_id"].string().isEmpty())
        return invalidValue(block.place + ".tool_use_id", "must not be empty");
    json.beginObject().member("role", "tool").member("tool_call_id", value["tool_use_id"].string()).key("content");
    if (isAbsent(value["content"])) {
        json.string("");
    } else {
        const Result<Content> content = readContent(value["content"], block.place + ".content");
        if (!content)
            return std::unexpected(content.error());
        if (Result<void> written = writeContent(json, *content, lost); !written)
            return written;
    }
    if (value["is_error"].boolean() == true)
        json.member("is_error", true);
    writeMark(json, value);
    json.endObject();
    return {};
}

Result<void> writeUser(json::DocumentWriter &json, Content content, LostNames &lost)
{
    const auto rest = std::ranges::stable_partition(content.blocks, isResult);
    for (auto result = content.blocks.begin(); result != rest.begin(); ++result) {
        if (Result<void> written = writeResult(json, *result, lost); !written)
            return written;
    }
    const bool hasResults = rest.begin() != content.blocks.begin();
    content.blocks.erase(content.blocks.begin(), rest.begin());
    if (hasResults && content.blocks.empty())
        return {};
    return writePlain(json, "user", content, lost);
}

Result<void> writeMessage(json::DocumentWriter &json, json::Value message, const QByteArray &place, LostNames &lost)
{
    if (!message.isObject())
        return invalidValue(place, "must be an object");
    Result<Content> content = readContent(message["content"], place + ".content");
    if (!content)
        return std::unexpected(std::move(content.error()));
    const QByteArrayView role = message["role"].string();
    if (role == "user")
        return writeUser(json, *std::move(content), lost);
    if (role == "system")
        return writePlain(json, role, *content, lost);
    if (role != "assistant")
        return invalidValue(place + ".role", "must be user, assistant or system");
    return content->text.exists() ? writePlain(json, role, *content, lost)
                                  : writeAssistant(json, content->blocks, lost);
}

Result<void> writeSystem(json::DocumentWriter &json, json::Value system, LostNames &lost)
{
    if (isAbsent(system))
        return {};
    Result<Content> content = readContent(system, "system");
    if (!content)
        return std::unexpected(std::move(content.error()));
    std::erase_if(content->blocks, isAttribution);
    const bool isEmpty = content->text.string().isEmpty() && content->blocks.empty();
    return isEmpty ? Result<void>() : writePlain(json, "system", *content, lost);
}

} // namespace

Result<void> writeMessages(json::DocumentWriter &json, json::Value root, LostNames &lost)
{
    json.beginArray();
    if (Result<void> written = writeSystem(json, root["system"], lost); !written)
        return written;
    int index = 0;
    for (const json::Value message : root["messages"].elements()) {
        const QByteArray place = "messages[" + QByteArray::number(index++) + ']';
        if (Result<void> written = writeMessage(json, message, place, lost); !written)
            return written;
    }
    json.endArray();
    return {};
}

} // namespace lunargate::anthropic_messages
