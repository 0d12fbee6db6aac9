// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/reasoning_tags.h"

#include <algorithm>

namespace lunargate {

namespace {

constexpr QByteArrayView kOpen = "<think>";
constexpr QByteArrayView kClose = "</think>";

bool isBlank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

qsizetype blanksAt(QByteArrayView text)
{
    return std::ranges::find_if_not(text, isBlank) - text.begin();
}

// How many bytes at the end of `text` could be the beginning of `tag`.
qsizetype partialTag(QByteArrayView text, QByteArrayView tag)
{
    for (qsizetype size = std::min(text.size(), tag.size() - 1); size > 0; --size) {
        if (text.last(size) == tag.first(size))
            return size;
    }
    return 0;
}

} // namespace

ReasoningTagSplitter::Split ReasoningTagSplitter::feed(QByteArrayView piece)
{
    if (m_state == State::Outside)
        return {.reasoning = {}, .text = piece.toByteArray()};
    m_held.append(piece);
    Split split;
    if (m_state == State::Start) {
        const QByteArrayView begin = QByteArrayView(m_held).sliced(blanksAt(m_held));
        if (begin.startsWith(kOpen)) {
            m_held.remove(0, m_held.size() - begin.size() + kOpen.size());
            m_state = State::Inside;
        } else if (!kOpen.startsWith(begin)) {
            m_state = State::Outside;
        }
    }
    if (m_state == State::Inside) {
        const qsizetype end = m_held.indexOf(kClose);
        if (end >= 0) {
            split.reasoning = m_held.first(end);
            m_held.remove(0, end + kClose.size());
            m_state = State::AfterTag;
        } else {
            split.reasoning = m_held.first(m_held.size() - partialTag(m_held, kClose));
            m_held.remove(0, split.reasoning.size());
        }
    }
    if (m_state == State::AfterTag) { // the blank lines between are no part of the answer
        m_held.remove(0, blanksAt(m_held));
        if (!m_held.isEmpty())
            m_state = State::Outside;
    }
    if (m_state == State::Outside)
        split.text = std::exchange(m_held, {});
    return split;
}

ReasoningTagSplitter::Split ReasoningTagSplitter::finish()
{
    const bool isReasoning = m_state == State::Inside;
    m_state = State::Outside;
    QByteArray held = std::exchange(m_held, {});
    return isReasoning ? Split{.reasoning = std::move(held), .text = {}}
                       : Split{.reasoning = {}, .text = std::move(held)};
}

} // namespace lunargate
