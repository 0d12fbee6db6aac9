// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/turn_writer.h"

#include <utility>

namespace lunargate::gemini {

void TurnWriter::enter(Role role)
{
    if (m_role == role)
        return;
    leave();
    m_role = role;
    m_json.beginObject().member("role", role == Role::User ? "user" : "model").key("parts").beginArray();
}

void TurnWriter::leave()
{
    if (m_role != Role::None)
        m_json.endArray().endObject();
    m_role = Role::None;
    m_hasCall = false;
}

void TurnWriter::text(Role role, QByteArrayView text)
{
    if (text.isEmpty())
        return;
    enter(role);
    m_json.beginObject().key("text").documentText(text).endObject();
}

void TurnWriter::media(Role role, const Media &media)
{
    enter(role);
    mediaPart(media);
}

void TurnWriter::mediaPart(const Media &media)
{
    m_json.beginObject();
    writeInlineData(m_json, media);
    m_json.endObject();
}

bool TurnWriter::addCall()
{
    return !std::exchange(m_hasCall, true);
}

} // namespace lunargate::gemini
