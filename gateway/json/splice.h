// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/members.h"

#include <QByteArray>

#include <functional>
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

    /// Gives a member another name; its value stays.
    void rename(const Member &member, QByteArrayView key);

    /// Removes those of an object's `members` that `isUnwanted` names, with their commas. To be called once an object;
    /// other changes to what is removed are void.
    void remove(const std::vector<Member> &members, const std::function<bool(const Member &)> &isUnwanted);

    /// The changed text; the same (shared) bytes if nothing was changed.
    QByteArray result() const;

private:
    struct Edit
    {
        Range range;
        QByteArray json;
        bool isNewMember = false; ///< at the end of an object, where it may need a comma
    };

    const QByteArray &m_text;
    std::vector<Edit> m_edits; // a range may lie in an earlier one, which counts then
};

} // namespace lunargate::json
