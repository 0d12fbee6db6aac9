// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/message_fields.h"

#include <algorithm>

namespace lunargate {

namespace {

bool isSet(json::Value value)
{
    return value.exists() && !value.isNull();
}

// `auto` is what happens anyway (OpenAI API reference, "image_url.detail").
bool asksForDetail(const ContentPart &part)
{
    const json::Value image = part.raw["image_url"];
    const QByteArrayView detail = image.isObject() ? image["detail"].string() : part.raw["detail"].string();
    return part.kind == ContentPart::Kind::Image && !detail.isEmpty() && detail != "auto";
}

bool isMarked(const ChatMessage &message)
{
    return isSet(message.cacheControl) ||
           std::ranges::any_of(message.content, [](const ContentPart &part) { return isSet(part.cacheControl); });
}

bool hasForeignReasoning(const ChatMessage &message, QByteArrayView format)
{
    for (const json::Value detail : message.reasoningDetails.elements()) {
        if (format.isEmpty() || detail["format"].string() != format)
            return true;
    }
    return false;
}

} // namespace

void addLostFields(std::vector<QByteArray> &names, const Conversation &conversation, const CarriedFields &carried)
{
    const auto &messages = conversation.messages;
    const auto add = [&](bool isCarried, const char *name, auto isThere) {
        if (!isCarried && std::ranges::any_of(messages, isThere))
            names.emplace_back(name);
    };
    const bool isToolMarked =
        std::ranges::any_of(conversation.tools, [](const ToolDefinition &tool) { return isSet(tool.cacheControl); });
    if (!carried.cacheControl && isToolMarked)
        names.emplace_back("cache_control");
    else
        add(carried.cacheControl, "cache_control", isMarked);
    add(carried.names, "messages.name",
        [](const ChatMessage &message) { return message.role != ChatRole::Tool && !message.name.isEmpty(); });
    add(carried.imageDetail, "messages.content.image_url.detail",
        [](const ChatMessage &message) { return std::ranges::any_of(message.content, asksForDetail); });
    add(false, "messages.reasoning_details",
        [&](const ChatMessage &message) { return hasForeignReasoning(message, carried.reasoningFormat); });
}

} // namespace lunargate
