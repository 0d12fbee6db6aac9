// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/splice.h"

#include "gateway/json/writer.h"

#include <algorithm>
#include <utility>

namespace lunargate::json {

namespace {

/// Whether nothing but white space follows the brace that opened an object.
bool endsWithBrace(const QByteArray &text)
{
    qsizetype end = text.size();
    while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '\n' || text[end - 1] == '\r' || text[end - 1] == '\t'))
        --end;
    return end > 0 && text[end - 1] == '{';
}

} // namespace

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
    m_edits.push_back({{closingBrace, closingBrace}, quoted(key) + ':' + json, true});
}

void Splice::rename(const Member &member, QByteArrayView key)
{
    replace({member.whole.begin, member.value.begin}, quoted(key) + ':');
}

void Splice::remove(const std::vector<Member> &members, const std::function<bool(const Member &)> &isUnwanted)
{
    bool isBehindKept = false;
    for (size_t i = 0; i < members.size(); ++i) {
        const Range whole = members[i].whole;
        if (!isUnwanted(members[i]))
            isBehindKept = true;
        else if (isBehindKept)
            replace({members[i - 1].whole.end, whole.end}, {}); // with the comma before it
        else if (i + 1 < members.size())
            replace({whole.begin, members[i + 1].whole.begin}, {}); // with the comma behind it
        else
            replace(whole, {});
    }
}

QByteArray Splice::result() const
{
    if (m_edits.empty())
        return m_text;
    std::vector<const Edit *> ordered;
    qsizetype size = m_text.size();
    for (const Edit &edit : m_edits) {
        ordered.push_back(&edit);
        size += edit.json.size() + 1;
    }
    // Of two that begin together, what is removed goes before what is changed in it.
    std::ranges::stable_sort(ordered, {},
                             [](const Edit *edit) { return std::pair(edit->range.begin, -edit->range.end); });

    QByteArray out;
    out.reserve(size);
    qsizetype at = 0;
    for (const Edit *edit : ordered) {
        if (edit->range.begin < at)
            continue; // what it changed is gone
        out.append(m_text.constData() + at, edit->range.begin - at);
        if (edit->isNewMember && !endsWithBrace(out))
            out += ',';
        out.append(edit->json);
        at = edit->range.end;
    }
    out.append(m_text.constData() + at, m_text.size() - at);
    return out;
}

} // namespace lunargate::json
