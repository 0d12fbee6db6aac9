// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/chat/reasoning_detail.h"

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

namespace lunargate::anthropic {

/// Where the bytes of an image or a document come from.
struct Source
{
    enum class Kind {
        Base64, ///< `data` is base64
        Text,   ///< `data` is plain text
        Url,    ///< `data` is an address that Anthropic reads by itself
    };

    Kind kind = Kind::Base64;
    QByteArray mediaType = {};
    QByteArray data = {};
};

/// A content block that is yet to be written (Anthropic API reference, "Messages"). Views refer to the conversation.
struct Block
{
    enum class Kind {
        Text,       ///< `text`
        Image,      ///< `source`
        Document,   ///< `source`, `title`
        ToolUse,    ///< `toolId`, `toolName`, and in `text` the arguments: JSON of an object
        ToolResult, ///< `toolId`, `content`, `isError`
        Thought,    ///< `thought`: a `thinking` or a `redacted_thinking` block
    };

    Kind kind = Kind::Text;
    QByteArrayView text = {};
    Source source = {};
    QByteArrayView title = {};
    QByteArray toolId = {}; ///< as Anthropic takes it
    QByteArrayView toolName = {};
    std::vector<Block> content = {};
    bool isError = false;
    ReasoningDetail thought = {};
    json::Value cacheControl = {};
};

/// A message: neighbours of the same role are one.
struct Turn
{
    bool isAssistant = false;
    std::vector<Block> blocks;
};

/// A conversation in the order that Anthropic wants.
struct Outline
{
    std::vector<Block> system; ///< of kind Text
    std::vector<Turn> turns;
};

} // namespace lunargate::anthropic
