// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/text_writer.h"
#include "gateway/providers/gemini/media.h"

#include <QByteArrayView>

namespace lunargate::gemini {

/// Writes the elements of `contents`: opens one when the role changes, so that neighbours of the same role become one
/// and none is empty.
class TurnWriter
{
public:
    enum class Role { None, User, Model };

    explicit TurnWriter(json::TextWriter &json) : m_json(json) {}

    /// The next part is of `role`; the caller writes it.
    void enter(Role role);
    /// Closes what is open.
    void leave();
    Role role() const { return m_role; }

    /// A part with a text; none for an empty one.
    void text(Role role, QByteArrayView text);
    void media(Role role, const Media &media);
    /// A part of whatever array is open.
    void mediaPart(const Media &media);

    /// Counts a function call; whether it is the first one of the model's turn.
    bool addCall();

private:
    json::TextWriter &m_json;
    Role m_role = Role::None;
    bool m_hasCall = false;
};

} // namespace lunargate::gemini
