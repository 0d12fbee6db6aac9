// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

namespace lunargate::simulator {

/// Cuts UTF-8 text into the simulator's tokens: the white space before, if any, and then at most 8 letters and digits
/// (every character beyond ASCII counts as a letter) or one other character. Joined, the tokens are the text again; no
/// character is ever cut.
std::vector<QByteArray> splitTokens(QByteArrayView text);

/// How many tokens splitTokens() makes of `text`.
int countTokens(QByteArrayView text);

/// The opposite of splitTokens().
QByteArray joinTokens(const std::vector<QByteArray> &tokens);

/// The first `tokens` tokens of `text` on one line, with an ellipsis if that is not all of it.
QByteArray excerpt(QByteArrayView text, int tokens);

/// How many characters (code points) UTF-8 `text` has.
qsizetype countCharacters(QByteArrayView text);

/// The first `count` characters (code points) of UTF-8 `text`.
QByteArray firstCharacters(QByteArrayView text, qsizetype count);

} // namespace lunargate::simulator
