// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace lunargate {

/// What other providers than Anthropic want back unchanged, in the only place that clients of the Messages protocol
/// keep for such things: the `signature` of a `thinking` block, or the `data` of a `redacted_thinking` one. There it
/// stands behind a mark of our own, so that it is never taken for one of Anthropic's, and never sent there.
struct CarriedThought
{
    QByteArray detail = {};       ///< JSON of an element of `reasoning_details`; empty: none
    QByteArray callId = {};       ///< the tool call that `extraContent` belongs to
    QByteArray extraContent = {}; ///< JSON of the call's `extra_content`; empty: none
};

/// The text that stands for it. Without anything to carry: a mark that says that the thought is not Anthropic's.
QByteArray carriedText(const CarriedThought &thought);

/// Nothing for what is not of ours. A mark that was damaged on its way carries nothing.
std::optional<CarriedThought> readCarried(QByteArrayView text);

/// Begins every such text. No signature of Anthropic's, which are base64, begins like this.
inline constexpr QByteArrayView kCarriedMark = "lunargate:";

} // namespace lunargate
