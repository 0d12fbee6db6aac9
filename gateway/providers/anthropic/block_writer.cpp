// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/block_writer.h"

namespace lunargate::anthropic {

namespace {

void writeSource(json::TextWriter &json, const Source &source)
{
    json.key("source").beginObject();
    switch (source.kind) {
    case Source::Kind::Base64:
    case Source::Kind::Text:
        json.member("type", source.kind == Source::Kind::Text ? "text" : "base64");
        json.member("media_type", source.mediaType);
        json.member("data", source.data);
        break;
    case Source::Kind::Url:
        json.member("type", "url");
        json.member("url", source.data);
        break;
    }
    json.endObject();
}

void writeResult(json::TextWriter &json, const Block &block, ToolNames &names)
{
    json.member("type", "tool_result").member("tool_use_id", block.toolId);
    if (block.content.size() == 1 && block.content.front().kind == Block::Kind::Text)
        json.key("content").documentText(block.content.front().text);
    else if (!block.content.empty())
        writeBlocks(json.key("content"), block.content, names);
    if (block.isError)
        json.member("is_error", true);
}

void writeThought(json::TextWriter &json, const ReasoningDetail &thought)
{
    if (thought.kind == ReasoningDetail::Kind::Encrypted)
        json.member("type", "redacted_thinking").member("data", thought.data);
    else
        json.member("type", "thinking").member("thinking", thought.text).member("signature", thought.signature);
}

void writeBlock(json::TextWriter &json, const Block &block, ToolNames &names)
{
    json.beginObject();
    switch (block.kind) {
    case Block::Kind::Text:
        json.member("type", "text").key("text").documentText(block.text);
        break;
    case Block::Kind::Image:
        json.member("type", "image");
        writeSource(json, block.source);
        break;
    case Block::Kind::Document:
        json.member("type", "document");
        writeSource(json, block.source);
        if (!block.title.isEmpty())
            json.member("title", block.title);
        break;
    case Block::Kind::ToolUse:
        json.member("type", "tool_use").member("id", block.toolId).member("name", names.toProvider(block.toolName));
        json.key("input").raw(block.text);
        break;
    case Block::Kind::ToolResult:
        writeResult(json, block, names);
        break;
    case Block::Kind::Thought:
        writeThought(json, block.thought);
        break;
    }
    if (block.cacheControl.exists())
        json.member("cache_control", block.cacheControl);
    json.endObject();
}

} // namespace

void writeBlocks(json::TextWriter &json, const std::vector<Block> &blocks, ToolNames &names)
{
    json.beginArray();
    for (const Block &block : blocks)
        writeBlock(json, block, names);
    json.endArray();
}

} // namespace lunargate::anthropic
