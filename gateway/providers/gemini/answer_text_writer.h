// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/text_writer.h"
#include "gateway/providers/gemini/signatures.h"
#include "gateway/providers/gemini/turn_writer.h"

#include <QByteArrayView>

#include <vector>

namespace lunargate::gemini {

/// Writes what a model said in an earlier turn as the parts that it came in, as far as that matters: signed parts stay
/// apart from the others, and pictures become pictures again.
void writeAnswerText(json::TextWriter &json, TurnWriter &turns, QByteArrayView text,
                     const std::vector<TextSignature> &signatures);

} // namespace lunargate::gemini
