// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/chat/parameter_use.h"
#include "gateway/config/config.h"
#include "gateway/providers/gemini/model_family.h"
#include "gateway/providers/tool_names.h"

namespace lunargate::gemini {

/// What the writers of a request's parts share.
struct RequestContext
{
    const Conversation &conversation;
    const ProviderConfig &provider;
    const ModelFamily &family;
    ParameterUse &parameters;
    ToolNames &names;
};

} // namespace lunargate::gemini
