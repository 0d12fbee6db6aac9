// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/json/document.h"
#include "gateway/json/document_writer.h"

#include <vector>

namespace lunargate::anthropic_messages {

/// A content block and where it stands in the client's request.
struct PlacedBlock
{
    json::Value value;
    QByteArray place; ///< `messages[1].content[2]`
};

/// The names of what a request says and the chat form cannot, each once.
class LostNames
{
public:
    void add(QByteArrayView name);
    std::vector<QByteArray> take() { return std::move(m_names); }

private:
    std::vector<QByteArray> m_names;
};

/// The elements of `content`, which stands at `place`; a plain text is none.
std::vector<PlacedBlock> blocksOf(json::Value content, const QByteArray &place);

/// Writes blocks of text, images, documents and search results as the content of a chat message: a text if it is one
/// without a mark, else an array of parts. Fails with InvalidRequest for blocks that have no chat form.
Result<void> writeContent(json::DocumentWriter &json, const std::vector<PlacedBlock> &blocks, LostNames &lost);

/// Writes the mark for prompt caches, if the block has one.
void writeMark(json::DocumentWriter &json, json::Value block);

/// The refusal of what only Anthropic itself can be told; `what` completes "only Anthropic has ".
std::unexpected<Error> onlyAnthropic(const QByteArray &place, const QByteArray &what);

} // namespace lunargate::anthropic_messages
