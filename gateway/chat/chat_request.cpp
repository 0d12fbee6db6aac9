// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/chat_request.h"

#include "gateway/json/object_text.h"

namespace lunargate {

void ChatRequest::writeBody()
{
    if (!body.isEmpty())
        return;
    json::ObjectText written = json::objectText(document.root(), native ? native->body.size() : 0);
    body = std::move(written.text);
    object = {0, body.size()};
    members = std::move(written.members);
}

} // namespace lunargate
