// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/streamed_texts.h"

#include "gateway/json/document.h"

#include <algorithm>
#include <map>
#include <vector>

namespace lunargate {

namespace {

/// The members of events in which OpenAI, Anthropic, Gemini and Ollama stream what a model writes.
constexpr QByteArrayView kTextMembers[] = {"content",   "text",    "thinking",     "reasoning", "reasoning_content",
                                           "arguments", "refusal", "partial_json", "delta"};

struct Piece
{
    qsizetype bodyBegin = 0; ///< inside the quotes
    qsizetype bodyEnd = 0;
    qsizetype textEnd = 0; ///< in the joined text
};

struct JoinedText
{
    QByteArray text;
    std::vector<Piece> pieces;
};

QByteArray unescaped(QByteArrayView inQuotes)
{
    if (!inQuotes.contains('\\'))
        return inQuotes.toByteArray();
    const auto string = json::Document::parse('"' + inQuotes.toByteArray() + '"');
    return string ? string->root().toByteArray() : QByteArray();
}

/// Reads the strings of one event, and joins those of each member with the ones before.
class EventReader
{
public:
    EventReader(QByteArrayView body, std::map<QByteArray, JoinedText> &texts) : m_body(body), m_texts(texts) {}

    void read(qsizetype at, qsizetype end)
    {
        QByteArrayView member;
        while ((at = indexOf('"', at, end)) < end) {
            const qsizetype begin = at + 1;
            const qsizetype close = endOfString(begin, end);
            at = close + 1;
            if (isMemberName(at, end))
                member = m_body.sliced(begin, close - begin);
            else if (std::ranges::contains(kTextMembers, member))
                add(member, begin, close);
        }
    }

private:
    qsizetype indexOf(char c, qsizetype from, qsizetype end) const
    {
        const qsizetype found = m_body.first(end).indexOf(c, from);
        return found < 0 ? end : found;
    }
    qsizetype endOfString(qsizetype at, qsizetype end) const
    {
        while (at < end && m_body[at] != '"')
            at += m_body[at] == '\\' ? 2 : 1;
        return std::min(at, end);
    }
    bool isMemberName(qsizetype at, qsizetype end) const
    {
        while (at < end && m_body[at] == ' ')
            ++at;
        return at < end && m_body[at] == ':';
    }
    void add(QByteArrayView member, qsizetype begin, qsizetype end)
    {
        JoinedText &joined = m_texts[member.toByteArray()];
        joined.text += unescaped(m_body.sliced(begin, end - begin));
        joined.pieces.push_back({.bodyBegin = begin, .bodyEnd = end, .textEnd = joined.text.size()});
    }

    QByteArrayView m_body;
    std::map<QByteArray, JoinedText> &m_texts;
};

/// Empty if there are no two events.
std::map<QByteArray, JoinedText> joinedTexts(QByteArrayView body)
{
    std::map<QByteArray, JoinedText> texts;
    EventReader reader(body, texts);
    int events = 0;
    for (qsizetype begin = 0; begin < body.size();) {
        qsizetype end = body.indexOf('\n', begin);
        if (end < 0)
            end = body.size();
        const QByteArrayView line = body.sliced(begin, end - begin);
        if (line.startsWith("data:") || line.startsWith('{')) {
            reader.read(begin, end);
            ++events;
        }
        begin = end + 1;
    }
    if (events < 2)
        texts.clear();
    return texts;
}

} // namespace

void blotOutStreamed(QByteArray &body, const std::function<void(QByteArray &text)> &blotOut)
{
    for (const auto &[member, joined] : joinedTexts(body)) {
        QByteArray clean = joined.text;
        blotOut(clean);
        if (clean == joined.text)
            continue;
        qsizetype begin = 0;
        for (const Piece &piece : joined.pieces) {
            const qsizetype length = piece.textEnd - begin;
            if (QByteArrayView(clean).sliced(begin, length) != QByteArrayView(joined.text).sliced(begin, length))
                std::fill_n(body.data() + piece.bodyBegin, piece.bodyEnd - piece.bodyBegin, '*');
            begin = piece.textEnd;
        }
    }
}

} // namespace lunargate
