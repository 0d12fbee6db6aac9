// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/splice.h"

#include "gateway/json/writer.h"

#include <algorithm>

namespace lunargate::json {

void Splice::replace(Range range, QByteArray json)
{
    m_edits.push_back({range, std::move(json)});
}

void Splice::set(Range object, const std::vector<Member> &members, QByteArrayView key, const QByteArray &json)
{
    bool found = false;
    for (const Member &member : members) {
        if (member.key != key)
            continue;
        replace(member.value, json);
        found = true;
    }
    if (found)
        return;
    const qsizetype closingBrace = object.end - 1;
    const bool isFirst = members.empty() && std::ranges::none_of(m_edits, [&](const Edit &edit) {
                             return edit.range.begin == closingBrace;
                         });
    QByteArray added = isFirst ? QByteArray() : QByteArray(",");
    appendString(added, key);
    added += ':';
    added += json;
    replace({closingBrace, closingBrace}, std::move(added));
}

QByteArray Splice::result() const
{
    if (m_edits.empty())
        return m_text;
    std::vector<const Edit *> ordered;
    qsizetype size = m_text.size();
    for (const Edit &edit : m_edits) {
        ordered.push_back(&edit);
        size += edit.json.size();
    }
    std::ranges::stable_sort(ordered, {}, [](const Edit *edit) { return edit->range.begin; });

    QByteArray out;
    out.reserve(size);
    qsizetype at = 0;
    for (const Edit *edit : ordered) {
        out.append(m_text.constData() + at, edit->range.begin - at);
        out.append(edit->json);
        at = edit->range.end;
    }
    out.append(m_text.constData() + at, m_text.size() - at);
    return out;
}

} // namespace lunargate::json
