// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/providers/anthropic/block.h"

#include <optional>

namespace lunargate::anthropic {

/// Where a part stands in the client's request, for refusals.
struct PartPlace
{
    const QByteArray &providerId;
    int message = 0; ///< ChatMessage::index
    size_t part = 0;

    QByteArray param() const; ///< `messages[3].content[0]`
};

/// The block for a part of a message; nothing for a text without a visible character, which Anthropic refuses. Fails
/// with InvalidRequest for what it cannot carry.
Result<std::optional<Block>> readBlock(const ContentPart &part, const PartPlace &place);

} // namespace lunargate::anthropic
