// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QtTypes>

namespace lunargate {

/// Estimates how many tokens texts are, by the words, numbers, signs and line ends in them. Within 10 % of what the
/// tokenizers of OpenAI (o200k_base) and Anthropic (of Claude 2, the last one that was published) count for most
/// English texts and code of some length; docs/messages.md says how the weights were found, and for how many.
class TextTokens
{
public:
    /// A text of its own, UTF-8.
    void add(QByteArrayView text);
    /// So many tokens besides.
    void addTokens(qint64 tokens) { m_hundredths += tokens * 100; }

    /// Of all that was added.
    qint64 count() const { return (m_hundredths + 50) / 100; }

private:
    qint64 m_hundredths = 0;
};

/// Where nothing but the length of a text is known: four bytes a token, rounded up.
constexpr qint64 tokensOfBytes(qint64 bytes)
{
    return (bytes + 3) / 4;
}

} // namespace lunargate
