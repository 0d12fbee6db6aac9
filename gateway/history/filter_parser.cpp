// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/nearest_name.h"
#include "gateway/config/scalar_text.h"
#include "gateway/history/history_filter.h"

#include <QDateTime>
#include <QTimeZone>

#include <algorithm>
#include <iterator>

namespace lunargate {

namespace {

using std::chrono::microseconds;
using Comparison = HistoryTerm::Comparison;
using Kind = HistoryField::Kind;
using Time = std::chrono::sys_time<microseconds>;

constexpr qsizetype kLongestFilter = 4096;
constexpr size_t kMostTerms = 64;

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool isWordCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

std::vector<QByteArray> fieldNames()
{
    std::vector<QByteArray> names;
    std::ranges::transform(historyFields(), std::back_inserter(names),
                           [](const HistoryField &field) { return field.name.toByteArray(); });
    return names;
}

/// `2026-11-28`, `2026-11-28T10:30` (UTC unless it says otherwise), or an age: `2h`.
std::optional<Time> parseTime(QByteArrayView text, Time now)
{
    if (const auto age = parseDuration(text))
        return now - *age;
    QDateTime time = QDateTime::fromString(QString::fromUtf8(text), Qt::ISODateWithMs);
    if (!time.isValid())
        return std::nullopt;
    if (time.timeSpec() == Qt::LocalTime)
        time = QDateTime(time.date(), time.time(), QTimeZone::UTC);
    return Time(std::chrono::milliseconds(time.toMSecsSinceEpoch()));
}

template <typename T>
using Parsed = std::expected<T, HistoryFilterProblem>;

class Parser
{
public:
    Parser(QByteArrayView text, Time now) : m_text(text), m_now(now) {}

    Parsed<HistoryFilter> parse()
    {
        if (m_text.size() > kLongestFilter)
            return error(kLongestFilter, "the filter ends at 4096 bytes");
        if (!m_text.isValidUtf8())
            return error(0, "the filter must be UTF-8");
        HistoryFilter filter;
        for (skipSpaces(); m_at < m_text.size(); skipSpaces()) {
            if (filter.terms.size() == kMostTerms)
                return error(m_at, "a filter has at most 64 conditions");
            Parsed<HistoryTerm> term = parseTerm();
            if (!term)
                return std::unexpected(std::move(term.error()));
            filter.terms.push_back(*std::move(term));
        }
        return filter;
    }

private:
    static std::unexpected<HistoryFilterProblem> error(qsizetype at, const QByteArray &problem)
    {
        return std::unexpected(HistoryFilterProblem{.position = at, .message = problem});
    }

    void skipSpaces()
    {
        while (m_at < m_text.size() && isSpace(m_text[m_at]))
            ++m_at;
    }

    Parsed<HistoryTerm> parseTerm()
    {
        HistoryTerm term;
        if (m_text[m_at] == '-') {
            term.isNegated = true;
            ++m_at;
        }
        const qsizetype begin = m_at;
        while (m_at < m_text.size() && isWordCharacter(m_text[m_at]))
            ++m_at;
        const bool namesField = m_at > begin && m_at < m_text.size() && m_text[m_at] == ':';
        const QByteArray name =
            namesField ? m_text.sliced(begin, m_at - begin).toByteArray().toLower() : QByteArray("text");
        m_at = namesField ? m_at + 1 : begin;
        const auto field =
            std::ranges::find_if(historyFields(), [&](const HistoryField &known) { return known.name == name; });
        if (field == historyFields().end())
            return unknownField(begin, name);
        term.field = &*field;
        return parseValue(std::move(term));
    }

    static std::unexpected<HistoryFilterProblem> unknownField(qsizetype at, const QByteArray &name)
    {
        const std::vector<QByteArray> known = fieldNames();
        const QByteArray nearest = nearestName(name, known);
        return error(at, "there is no field '" + name + "'" +
                             (nearest.isEmpty() ? QByteArray() : "; did you mean '" + nearest + "'?") +
                             " Fields: " + listOfNames(known));
    }

    Parsed<HistoryTerm> parseValue(HistoryTerm term)
    {
        const bool isFreeText = term.field->kind == Kind::FreeText;
        const qsizetype operatorAt = m_at;
        const std::optional<Comparison> comparison = isFreeText ? std::nullopt : takeComparison();
        const qsizetype at = m_at;
        const bool isQuoted = m_at < m_text.size() && m_text[m_at] == '"';
        Parsed<QByteArray> value = isQuoted ? takeQuoted() : takeWord();
        if (!value)
            return std::unexpected(std::move(value.error()));
        if (value->isEmpty() && (!isQuoted || isFreeText))
            return error(at, "here should be a value of '" + term.field->name.toByteArray() + "'");
        term.comparison = comparison.value_or(Comparison::Equal);
        if (*value == "*" && !isQuoted && !comparison && term.field->kind != Kind::Time && !isFreeText) {
            term.comparison = Comparison::Known;
            return term;
        }
        switch (term.field->kind) {
        case Kind::Text:
            if (comparison && *comparison != Comparison::Equal)
                return error(operatorAt, "'" + term.field->name.toByteArray() + "' is a text and knows no < and >");
            [[fallthrough]];
        case Kind::FreeText:
            term.text = value->toLower();
            return term;
        case Kind::Time:
            return withTime(std::move(term), comparison, *value, at);
        case Kind::Flag:
            return withNumber(std::move(term), asFlag(*value), at, "yes or no");
        case Kind::Duration:
            return withNumber(std::move(term), asDuration(*value), at, "a duration such as 1.5s or 300ms");
        case Kind::Number:
            return withNumber(std::move(term), parseNumber(*value), at, "a number");
        }
        Q_UNREACHABLE_RETURN(term);
    }

    static std::optional<double> asFlag(QByteArrayView value)
    {
        return parseBoolean(value).transform([](bool flag) { return flag ? 1.0 : 0.0; });
    }

    static std::optional<double> asDuration(QByteArrayView value)
    {
        const auto duration = parseDuration(value);
        return duration ? std::optional(static_cast<double>(microseconds(*duration).count())) : std::nullopt;
    }

    static Parsed<HistoryTerm> withNumber(HistoryTerm term, std::optional<double> number, qsizetype at,
                                          const QByteArray &expected)
    {
        if (!number)
            return error(at, "'" + term.field->name.toByteArray() + "' wants " + expected + ", or * for any");
        term.number = *number;
        return term;
    }

    Parsed<HistoryTerm> withTime(HistoryTerm term, std::optional<Comparison> comparison, QByteArrayView value,
                                 qsizetype at) const
    {
        const bool isAfter = term.field->name == "after";
        const bool isBefore = term.field->name == "before";
        if ((isAfter || isBefore) == comparison.has_value() || comparison == Comparison::Equal)
            return error(at, "a time is asked for as after:TIME, before:TIME, time:>TIME or time:<TIME");
        const std::optional<Time> time = parseTime(value, m_now);
        if (!time)
            return error(at, "a time is written as 2026-11-28, 2026-11-28T10:30 (UTC), or as an age such as 2h");
        term.time = *time;
        if (isAfter)
            term.comparison = Comparison::GreaterOrEqual;
        else if (isBefore)
            term.comparison = Comparison::Less;
        return term;
    }

    std::optional<Comparison> takeComparison()
    {
        static constexpr std::pair<QByteArrayView, Comparison> comparisons[] = {
            {">=", Comparison::GreaterOrEqual}, {"<=", Comparison::LessOrEqual},
            {">", Comparison::Greater},         {"<", Comparison::Less},
            {"=", Comparison::Equal},
        };
        for (const auto &[sign, comparison] : comparisons) {
            if (m_text.sliced(m_at).startsWith(sign)) {
                m_at += sign.size();
                return comparison;
            }
        }
        return std::nullopt;
    }

    Parsed<QByteArray> takeWord()
    {
        const qsizetype begin = m_at;
        while (m_at < m_text.size() && !isSpace(m_text[m_at]))
            ++m_at;
        return m_text.sliced(begin, m_at - begin).toByteArray();
    }

    /// In quotes, `\"` is a quote and `\\` a backslash.
    Parsed<QByteArray> takeQuoted()
    {
        const qsizetype begin = m_at++;
        QByteArray value;
        for (; m_at < m_text.size() && m_text[m_at] != '"'; ++m_at) {
            if (m_text[m_at] == '\\' && m_at + 1 < m_text.size())
                ++m_at;
            value += m_text[m_at];
        }
        if (m_at == m_text.size())
            return error(begin, "the quoted text that begins here has no end");
        ++m_at;
        if (m_at < m_text.size() && !isSpace(m_text[m_at]))
            return error(m_at, "after a quoted text comes a space");
        return value;
    }

    QByteArrayView m_text;
    const Time m_now;
    qsizetype m_at = 0;
};

} // namespace

std::expected<HistoryFilter, HistoryFilterProblem> readHistoryFilter(QByteArrayView text, Time now)
{
    return Parser(text, now).parse();
}

Result<HistoryFilter> parseHistoryFilter(QByteArrayView text, Time now)
{
    return readHistoryFilter(text, now).transform_error([](const HistoryFilterProblem &problem) {
        return Error{.kind = ErrorKind::InvalidRequest,
                     .reason = "invalid_filter",
                     .message =
                         "filter, character " + QByteArray::number(problem.position + 1) + ": " + problem.message};
    });
}

} // namespace lunargate
