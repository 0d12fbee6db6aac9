// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/filter_sql.h"

namespace lunargate {

namespace {

using Comparison = HistoryTerm::Comparison;
using Kind = HistoryField::Kind;

const char *sign(Comparison comparison)
{
    switch (comparison) {
    case Comparison::Equal:
        return " = ?";
    case Comparison::Less:
        return " < ?";
    case Comparison::LessOrEqual:
        return " <= ?";
    case Comparison::Greater:
        return " > ?";
    case Comparison::GreaterOrEqual:
        return " >= ?";
    case Comparison::Known:
        return " IS NOT NULL";
    }
    Q_UNREACHABLE_RETURN("");
}

/// `*` alone means something in a filter, more of it in GLOB.
QByteArray globPattern(QByteArrayView pattern)
{
    QByteArray glob;
    for (const char c : pattern) {
        if (c == '?' || c == '[')
            glob.append('[').append(c).append(']');
        else
            glob += c;
    }
    return glob;
}

class Writer
{
public:
    void add(const HistoryTerm &term)
    {
        if (!m_sql.isEmpty())
            m_sql += " AND ";
        // Nothing known meets nothing, so that its opposite is met: as in matches().
        m_sql += term.isNegated ? "NOT ifnull(" : "ifnull(";
        addCondition(term);
        m_sql += ", 0)";
    }

    FilterSql finish() { return {std::move(m_sql), std::move(m_values)}; }

private:
    void addCondition(const HistoryTerm &term)
    {
        const QByteArray column = term.field->column;
        switch (term.field->kind) {
        case Kind::Text:
            addText(term, column);
            return;
        case Kind::FreeText:
            m_sql += "(instr(lower(error_message), ?) OR instr(lower(user_agent), ?) OR EXISTS (SELECT 1 FROM messages "
                     "WHERE request = position AND instr(lower(body), ?)))";
            for (int i = 0; i < 3; ++i)
                m_values.emplace_back(term.text);
            return;
        case Kind::Time:
            break;
        case Kind::Number:
        case Kind::Duration:
        case Kind::Flag:
            m_sql += column + sign(term.comparison);
            if (term.comparison != Comparison::Known)
                m_values.emplace_back(term.number);
            return;
        }
        Q_UNREACHABLE();
    }

    void addText(const HistoryTerm &term, const QByteArray &column)
    {
        if (term.comparison == Comparison::Known) {
            m_sql += column + " <> ''";
        } else if (term.text.contains('*')) {
            m_sql += "lower(" + column + ") GLOB ?";
            m_values.emplace_back(globPattern(term.text));
        } else {
            m_sql += "lower(" + column + ") = ?";
            m_values.emplace_back(term.text);
        }
    }

    QByteArray m_sql;
    std::vector<SqliteValue> m_values;
};

} // namespace

FilterSql filterSql(const HistoryFilter &filter)
{
    Writer writer;
    for (const HistoryTerm &term : filter.terms) {
        if (term.field->kind != Kind::Time)
            writer.add(term);
    }
    return writer.finish();
}

} // namespace lunargate
