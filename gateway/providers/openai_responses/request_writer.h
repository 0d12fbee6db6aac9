// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/config/config.h"
#include "gateway/error.h"

namespace lunargate::openai_responses {

struct WrittenRequest
{
    QByteArray body;
    std::vector<QByteArray> droppedParams; ///< what the protocol has no place for
    bool hasForeignThoughts = false;       ///< thoughts of other providers of this protocol were left out
};

/// The body of POST /responses for a chat call. Fails with InvalidRequest for what the protocol cannot say.
Result<WrittenRequest> writeRequest(const Conversation &conversation, const QByteArray &model, bool isStream,
                                    const ProviderConfig &provider);

} // namespace lunargate::openai_responses
