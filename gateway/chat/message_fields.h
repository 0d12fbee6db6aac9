// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"

#include <vector>

namespace lunargate {

/// Which fields of messages, parts and tools a protocol can carry beside what every protocol can.
struct CarriedFields
{
    bool cacheControl = false;           ///< marks for the prompt cache
    bool names = false;                  ///< names of who speaks
    bool imageDetail = false;            ///< how closely images are looked at
    QByteArrayView reasoningFormat = {}; ///< the format of `reasoning_details` that it takes back
};

/// Appends the names of the fields that are there, would do something, and cannot be carried: `cache_control`,
/// `messages.name` … Each once, for X-LunarGate-Dropped-Params.
void addLostFields(std::vector<QByteArray> &names, const Conversation &conversation, const CarriedFields &carried);

} // namespace lunargate
