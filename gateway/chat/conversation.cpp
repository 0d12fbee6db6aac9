// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/conversation.h"

#include <algorithm>

namespace lunargate {

json::Value Conversation::parameter(QByteArrayView name) const
{
    const auto found = std::ranges::find(parameters, name, &Parameter::name);
    return found == parameters.end() ? json::Value() : found->value;
}

} // namespace lunargate
