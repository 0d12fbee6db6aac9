// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_filter.h"

#include <algorithm>

namespace lunargate {

namespace {

using Comparison = HistoryTerm::Comparison;
using Kind = HistoryField::Kind;

/// `pattern` may have `*` for any text; the letters of both are compared as they are.
bool matchesPattern(QByteArrayView pattern, QByteArrayView text)
{
    // Where the last star stood, and how much of the text it takes so far.
    qsizetype star = -1;
    qsizetype taken = 0;
    qsizetype p = 0;
    qsizetype t = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            taken = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star >= 0) {
            p = star + 1;
            t = ++taken;
        } else {
            return false;
        }
    }
    return std::all_of(pattern.begin() + p, pattern.end(), [](char c) { return c == '*'; });
}

template <typename Value>
bool compares(Comparison comparison, const Value &value, const Value &limit)
{
    switch (comparison) {
    case Comparison::Equal:
        return value == limit;
    case Comparison::Less:
        return value < limit;
    case Comparison::LessOrEqual:
        return value <= limit;
    case Comparison::Greater:
        return value > limit;
    case Comparison::GreaterOrEqual:
        return value >= limit;
    case Comparison::Known:
        return true;
    }
    Q_UNREACHABLE_RETURN(false);
}

bool contains(QByteArrayView text, QByteArrayView wanted)
{
    return text.toByteArray().toLower().contains(wanted);
}

bool hasText(const HistoryRecord &record, QByteArrayView wanted)
{
    if (contains(record.errorMessage, wanted) || contains(record.client.userAgent, wanted))
        return true;
    return record.messages &&
           std::ranges::any_of(record.messages->parts, [&](const std::optional<HistoryMessage> &message) {
               return message && contains(message->body, wanted);
           });
}

bool meets(const HistoryTerm &term, const HistoryRecord &record)
{
    switch (term.field->kind) {
    case Kind::Text: {
        const QByteArray text = term.field->text(record).toByteArray();
        return term.comparison == Comparison::Known ? !text.isEmpty() : matchesPattern(term.text, text.toLower());
    }
    case Kind::FreeText:
        return hasText(record, term.text);
    case Kind::Time:
        return compares(term.comparison, record.time(), term.time);
    case Kind::Number:
    case Kind::Duration:
    case Kind::Flag: {
        const std::optional<double> number = term.field->number(record);
        return number && compares(term.comparison, *number, term.number);
    }
    }
    Q_UNREACHABLE_RETURN(false);
}

} // namespace

HistoryRange rangeOf(const HistoryFilter &filter)
{
    HistoryRange range;
    for (const HistoryTerm &term : filter.terms) {
        if (term.field->kind != Kind::Time)
            continue;
        // A microsecond has many positions.
        const bool isFromNext = term.comparison == Comparison::Greater || term.comparison == Comparison::LessOrEqual;
        const bool isAfter = term.comparison == Comparison::Greater || term.comparison == Comparison::GreaterOrEqual;
        const qint64 position = positionOf(term.time + std::chrono::microseconds(isFromNext ? 1 : 0));
        if (isAfter != term.isNegated)
            range.begin = std::max(range.begin, position);
        else
            range.end = std::min(range.end, position);
    }
    return range;
}

bool matches(const HistoryFilter &filter, const HistoryRecord &record)
{
    return std::ranges::all_of(filter.terms,
                               [&](const HistoryTerm &term) { return meets(term, record) != term.isNegated; });
}

} // namespace lunargate
