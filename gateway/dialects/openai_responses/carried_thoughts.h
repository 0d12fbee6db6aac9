// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <utility>
#include <vector>

namespace lunargate::responses {

/// What providers of other protocols must get back unchanged with the next turn. A Responses client knows one place
/// for such things, the `encrypted_content` of reasoning items, so that they travel there. Clients that have nothing
/// stored leave out thoughts without one (Vercel's AI SDK does), so that every thought has it, even if nothing is in
/// it.
struct CarriedThoughts
{
    std::vector<QByteArray> details = {};                       ///< JSON objects for `reasoning_details`
    std::vector<std::pair<QByteArray, QByteArray>> extras = {}; ///< `extra_content` of tool calls, by their id
    bool isBehind = false;                                      ///< they belong to the text that came before them

    bool isEmpty() const { return details.empty() && extras.empty(); }
};

/// As `encrypted_content`.
QByteArray encoded(const CarriedThoughts &thoughts);

/// Whether it was the gateway that wrote it: no provider can read it.
bool isCarried(QByteArrayView encryptedContent);

/// `{"details":[…],"extras":{ID:{…}},"behind":true}`; nothing if it is not ours, or damaged.
std::optional<json::Document> decoded(QByteArrayView encryptedContent);

} // namespace lunargate::responses
