// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QtTypes>

#include <compare>

namespace lunargate {

/// Where in an answer a thought stood. Models that think between their words and calls want to see all of it in the
/// same order again (Anthropic docs, "Thinking", "Preserving thinking blocks"), and a client's message has one text and
/// one list of calls. So the place travels in the `id` of the ReasoningDetail: `msg_01x.2.t12c1` is the third thought
/// of the answer `msg_01x`, behind 12 bytes of text and one call. Answer and number are only there because clients take
/// details with the same id for the same.
struct ThoughtPlace
{
    qint64 textBytes = 0; ///< of the answer's text before it
    qint64 calls = 0;     ///< before it

    auto operator<=>(const ThoughtPlace &) const = default;
};

QByteArray thoughtId(ThoughtPlace place, QByteArrayView answerId, int position);

/// The front for ids that say nothing about it.
ThoughtPlace placeOf(QByteArrayView thoughtId);

} // namespace lunargate
