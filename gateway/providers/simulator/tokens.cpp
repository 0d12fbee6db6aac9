// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/tokens.h"

#include <algorithm>

namespace lunargate::simulator {

namespace {

constexpr int kWordCharacters = 8;

bool isSpace(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool isContinuation(char c)
{
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

bool isWordStart(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           static_cast<unsigned char>(c) >= 0x80;
}

qsizetype afterCharacter(QByteArrayView text, qsizetype position)
{
    ++position;
    while (position < text.size() && isContinuation(text[position]))
        ++position;
    return position;
}

qsizetype tokenEnd(QByteArrayView text, qsizetype position)
{
    while (position < text.size() && isSpace(text[position]))
        ++position;
    if (position == text.size())
        return position;
    if (!isWordStart(text[position]))
        return afterCharacter(text, position);
    for (int i = 0; i < kWordCharacters && position < text.size() && isWordStart(text[position]); ++i)
        position = afterCharacter(text, position);
    return position;
}

} // namespace

std::vector<QByteArray> splitTokens(QByteArrayView text)
{
    std::vector<QByteArray> tokens;
    for (qsizetype position = 0; position < text.size();) {
        const qsizetype end = tokenEnd(text, position);
        tokens.push_back(text.sliced(position, end - position).toByteArray());
        position = end;
    }
    return tokens;
}

int countTokens(QByteArrayView text)
{
    int count = 0;
    for (qsizetype position = 0; position < text.size(); position = tokenEnd(text, position))
        ++count;
    return count;
}

QByteArray joinTokens(const std::vector<QByteArray> &tokens)
{
    QByteArray text;
    for (const QByteArray &token : tokens)
        text += token;
    return text;
}

QByteArray excerpt(QByteArrayView text, int tokens)
{
    const QByteArray line = text.toByteArray().simplified();
    qsizetype end = 0;
    for (int i = 0; i < tokens && end < line.size(); ++i)
        end = tokenEnd(line, end);
    return end == line.size() ? line : line.first(end) + "…";
}

qsizetype countCharacters(QByteArrayView text)
{
    return text.size() - std::ranges::count_if(text, isContinuation);
}

QByteArray firstCharacters(QByteArrayView text, qsizetype count)
{
    qsizetype end = 0;
    for (qsizetype i = 0; i < count && end < text.size(); ++i)
        end = afterCharacter(text, end);
    return text.first(end).toByteArray();
}

} // namespace lunargate::simulator
