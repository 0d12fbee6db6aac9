// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/provider.h"
#include "gateway/providers/reasoning_tags.h"

#include <map>

namespace lunargate {

/// Moves `<think>…</think>` out of the text of a stream into its reasoning (`extract_reasoning_tags`), whatever
/// protocol the inner reader reads.
class ReasoningTagReader : public ChatStreamReader
{
public:
    explicit ReasoningTagReader(std::unique_ptr<ChatStreamReader> inner) : m_inner(std::move(inner)) {}

    void feed(QByteArrayView bytes, std::vector<ChatStreamEvent> &events) override;
    void finish(std::vector<ChatStreamEvent> &events) override;

private:
    void rewrite(std::vector<ChatStreamEvent> &events, size_t begin);
    size_t insertHeld(std::vector<ChatStreamEvent> &events, size_t end);
    void rewriteDelta(ChatStreamEvent &event);
    void rewriteChunk(ChatStreamEvent &event);

    std::unique_ptr<ChatStreamReader> m_inner;
    std::map<qint64, ReasoningTagSplitter> m_splitters; // by the choice's index
};

/// The same for a whole answer.
void extractReasoningTags(ModelAnswer &answer);

} // namespace lunargate
