// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/thought_order.h"

#include "gateway/chat/thought_place.h"

#include <algorithm>

namespace lunargate::anthropic {

namespace {

// The client may have changed the text, so that a place is inside of a character.
qsizetype beginOfCharacter(QByteArrayView utf8, qint64 at)
{
    if (at >= utf8.size())
        return utf8.size();
    while (at > 0 && (static_cast<unsigned char>(utf8[at]) & 0xC0) == 0x80)
        --at;
    return at;
}

/// Takes thoughts in their order, and before each of them what comes before it.
class Weaver
{
public:
    Weaver(std::vector<Block> texts, std::vector<Block> calls) : m_texts(std::move(texts)), m_calls(std::move(calls)) {}

    void addThought(ThoughtPlace place, Block thought)
    {
        while (m_nextText < m_texts.size() && m_textBytes < place.textBytes) {
            if (!takeText(place.textBytes - m_textBytes))
                break;
        }
        while (m_nextCall < m_calls.size() && static_cast<qint64>(m_nextCall) < place.calls)
            m_blocks.push_back(std::move(m_calls[m_nextCall++]));
        m_blocks.push_back(std::move(thought));
    }

    std::vector<Block> finish()
    {
        while (m_nextText < m_texts.size())
            takeText(m_texts[m_nextText].text.size());
        std::ranges::move(m_calls.begin() + static_cast<std::ptrdiff_t>(m_nextCall), m_calls.end(),
                          std::back_inserter(m_blocks));
        return std::move(m_blocks);
    }

private:
    // Takes at most so many bytes of the next text; whether that was all of it.
    bool takeText(qint64 most)
    {
        Block &text = m_texts[m_nextText];
        const qsizetype length = beginOfCharacter(text.text, most);
        const bool isWhole = length == text.text.size();
        m_textBytes += length;
        Block piece{.text = text.text.first(length)};
        if (isWhole)
            piece.cacheControl = text.cacheControl; // marks its end
        if (!piece.text.trimmed().isEmpty())        // Anthropic refuses blank ones
            m_blocks.push_back(std::move(piece));
        text.text = text.text.sliced(length);
        m_nextText += isWhole ? 1 : 0;
        return isWhole;
    }

    std::vector<Block> m_texts;
    std::vector<Block> m_calls;
    std::vector<Block> m_blocks;
    size_t m_nextText = 0;
    size_t m_nextCall = 0;
    qint64 m_textBytes = 0; // taken
};

} // namespace

std::vector<Block> inAnswerOrder(std::vector<Block> thoughts, std::vector<Block> texts, std::vector<Block> calls)
{
    const auto place = [](const Block &thought) { return placeOf(thought.thought.id); };
    std::ranges::stable_sort(thoughts, {}, place);
    Weaver weaver(std::move(texts), std::move(calls));
    for (Block &thought : thoughts) {
        const ThoughtPlace at = place(thought);
        weaver.addThought(at, std::move(thought));
    }
    return weaver.finish();
}

} // namespace lunargate::anthropic
