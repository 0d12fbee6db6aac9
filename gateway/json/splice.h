// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/members.h"

#include <QByteArray>

#include <vector>

namespace lunargate::json {

/// Changes single members of an object inside a JSON text and leaves every other byte as it is: unknown members,
/// number spelling, key order and white space survive.
class Splice
{
public:
    /// `text` is valid JSON and must outlive this.
    explicit Splice(const QByteArray &text) : m_text(text) {}

    /// Puts `json` (any JSON text) in place of the bytes at `range`.
    void replace(Range range, QByteArray json);

    /// Sets a member of the object at `object`: replaces every occurrence of `key`, or adds it at the end.
    /// `members` are the object's, from membersOf().
    void set(Range object, const std::vector<Member> &members, QByteArrayView key, const QByteArray &json);

    /// The changed text; the same (shared) bytes if nothing was changed.
    QByteArray result() const;

private:
    struct Edit
    {
        Range range;
        QByteArray json;
    };

    const QByteArray &m_text;
    std::vector<Edit> m_edits; // ranges do not overlap
};

} // namespace lunargate::json
