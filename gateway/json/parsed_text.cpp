// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/parsed_text.h"

#include "gateway/json/members.h"

#include <cstdint>

namespace lunargate::json {

namespace {

/// Steps over white space in either direction, never out of a range.
class Steps
{
public:
    Steps(QByteArrayView text, Range range) : m_text(text), m_range(range) {}

    /// The first position from `at` on that is no white space.
    qsizetype forward(qsizetype at) const
    {
        while (at < m_range.end && isSpace(m_text[at]))
            ++at;
        return at;
    }
    /// Where the text before `end` ends without white space.
    qsizetype back(qsizetype end) const
    {
        while (end > m_range.begin && isSpace(m_text[end - 1]))
            --end;
        return end;
    }
    bool isAt(qsizetype at, char c) const { return at >= m_range.begin && at < m_range.end && m_text[at] == c; }
    /// Whether `quoted` stands at `at`, between quotes and without escapes.
    bool isString(qsizetype at, QByteArrayView quoted) const
    {
        return isAt(at, '"') && quoted.size() < m_range.end - at - 1 && isAt(at + quoted.size() + 1, '"') &&
               m_text.sliced(at + 1, quoted.size()) == quoted;
    }

private:
    QByteArrayView m_text;
    Range m_range;
};

std::uintptr_t addressOf(QByteArrayView key)
{
    return reinterpret_cast<std::uintptr_t>(key.data());
}

} // namespace

bool isDeeperThan(Value root, int limit)
{
    if (!root.exists())
        return false;
    // All values of a document stand in a row, those of an array or object right behind it.
    yyjson_val *const end = unsafe_yyjson_get_next(root.raw());
    std::vector<const yyjson_val *> open; // where the arrays and objects end that enclose a value
    for (yyjson_val *at = root.raw(); at < end; ++at) {
        while (!open.empty() && open.back() <= at)
            open.pop_back();
        if (!unsafe_yyjson_is_ctn(at))
            continue;
        open.push_back(unsafe_yyjson_get_next(at));
        if (static_cast<qsizetype>(open.size()) > limit)
            return true;
    }
    return false;
}

std::optional<std::vector<Member>> parsedMembers(QByteArrayView text, Range range, Value root)
{
    std::vector<Member> members;
    const Steps steps(text, range);
    const auto endMember = [&members, &steps](qsizetype end) {
        Member &member = members.back();
        member.value.end = member.whole.end = steps.back(end);
        return member.value.begin < member.value.end;
    };
    // yyjson copies the text and leaves every string where it stands in the copy: keys lie as far apart as in the text.
    const qsizetype firstQuote = steps.forward(range.begin + 1);
    std::optional<std::uintptr_t> first;
    for (const auto [name, value] : root.members()) {
        if (!first)
            first = addressOf(name);
        const std::uintptr_t distance = addressOf(name) - *first;
        if (distance >= static_cast<std::uintptr_t>(text.size()))
            return std::nullopt;
        const qsizetype quote = firstQuote + static_cast<qsizetype>(distance);
        const qsizetype colon = steps.forward(quote + name.size() + 2);
        if (!steps.isString(quote, name) || !steps.isAt(colon, ':'))
            return std::nullopt;
        const qsizetype before = steps.back(quote) - 1;
        if (!steps.isAt(before, members.empty() ? '{' : ',') || (!members.empty() && !endMember(before)))
            return std::nullopt;
        const qsizetype begin = steps.forward(colon + 1);
        members.push_back({name.toByteArray(), {begin, begin}, {quote, begin}});
    }
    const bool isWhole = steps.isAt(range.end - 1, '}') && (members.empty() || endMember(range.end - 1));
    return isWhole ? std::optional(std::move(members)) : std::nullopt;
}

std::vector<Member> membersOf(QByteArrayView text, Range range, Value root)
{
    std::optional<std::vector<Member>> members = parsedMembers(text, range, root);
    return members ? *std::move(members) : membersOf(text, range);
}

} // namespace lunargate::json
