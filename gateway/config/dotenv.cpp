// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/dotenv.h"

#include "gateway/config/expansion.h"

#include <QChar>
#include <QString>

#include <expected>

namespace lunargate {

namespace {

using Severity = ConfigProblem::Severity;

/// Reads up to `count` digits of `base` at the beginning of `text`; nothing if there are fewer.
std::optional<char32_t> codePoint(QByteArrayView text, qsizetype count, int base)
{
    bool ok = false;
    const uint value = text.size() < count ? 0 : text.first(count).toByteArray().toUInt(&ok, base);
    return ok ? std::optional(static_cast<char32_t>(value)) : std::nullopt;
}

struct Escape
{
    QByteArray text;
    qsizetype length = 0; ///< of the escape in the source, without the backslash
};

std::optional<Escape> numericEscape(QByteArrayView rest)
{
    const char kind = rest.front();
    if (kind == 'x') {
        const auto byte = codePoint(rest.sliced(1), 2, 16);
        return byte ? std::optional(Escape{QByteArray(1, static_cast<char>(*byte)), 3}) : std::nullopt;
    }
    if (kind == 'u' || kind == 'U') {
        const qsizetype digits = kind == 'u' ? 4 : 8;
        const auto code = codePoint(rest.sliced(1), digits, 16);
        if (!code || *code > QChar::LastValidCodePoint || QChar::isSurrogate(*code))
            return std::nullopt;
        return Escape{QString::fromUcs4(&*code, 1).toUtf8(), digits + 1};
    }
    if (kind >= '0' && kind <= '7') {
        const auto byte = codePoint(rest, 3, 8);
        return byte && *byte <= 0xff ? std::optional(Escape{QByteArray(1, static_cast<char>(*byte)), 3}) : std::nullopt;
    }
    return std::nullopt;
}

/// The escape after a backslash; `rest` begins after it. Nothing if there is no such escape.
std::optional<Escape> parseEscape(QByteArrayView rest)
{
    constexpr QByteArrayView letters = "abfnrtv\\\"$";
    constexpr QByteArrayView meanings = "\a\b\f\n\r\t\v\\\"$";
    if (rest.isEmpty())
        return std::nullopt;
    const qsizetype index = letters.indexOf(rest.front());
    if (index < 0)
        return numericEscape(rest);
    // An escaped dollar must not begin a variable when the value is expanded afterwards.
    if (rest.startsWith("${"))
        return Escape{"$$", 1};
    return Escape{QByteArray(1, meanings[index]), 1};
}

std::expected<QByteArray, QByteArray> unquote(QByteArrayView inside)
{
    QByteArray result;
    for (qsizetype i = 0; i < inside.size(); ++i) {
        if (inside[i] == '"')
            return std::unexpected("there is a double quote inside the quoted value; write \\\"");
        if (inside[i] != '\\') {
            result += inside[i];
            continue;
        }
        const std::optional<Escape> escape = parseEscape(inside.sliced(i + 1));
        if (!escape)
            return std::unexpected("the quoted value has an unknown escape; write \\\\ for a backslash, "
                                   "or put the value in single quotes");
        result += escape->text;
        i += escape->length;
    }
    return result;
}

/// One line of the file, being read.
class LineReader
{
public:
    LineReader(Environment &environment, const QByteArray &fileName, int line, std::vector<ConfigProblem> &problems)
        : m_environment(environment), m_fileName(fileName), m_line(line), m_problems(problems)
    {
    }

    void read(QByteArrayView line)
    {
        line = line.trimmed();
        if (line.isEmpty() || line.startsWith('#'))
            return;
        if (line.startsWith("export "))
            line = line.sliced(7).trimmed();
        const qsizetype equals = line.indexOf('=');
        if (equals < 0)
            return report(Severity::Error, "not an entry; write NAME=value, or begin the line with # for a comment");
        m_name = line.first(equals).trimmed().toByteArray();
        if (m_name.isEmpty())
            return report(Severity::Error, "the name before the = is missing; write NAME=value");
        if (const std::optional<QByteArray> value = this->value(line.sliced(equals + 1).trimmed()))
            m_environment.addMissing(m_name, *value);
    }

private:
    std::optional<QByteArray> value(QByteArrayView text)
    {
        const char quote = text.isEmpty() ? '\0' : text.front();
        const bool isClosed = text.size() >= 2 && text.back() == quote;
        if (quote == '\'' && isClosed)
            return text.sliced(1, text.size() - 2).toByteArray();
        if (quote == '"' && isClosed) {
            const auto unquoted = unquote(text.sliced(1, text.size() - 2));
            if (!unquoted) {
                report(Severity::Error, unquoted.error());
                return std::nullopt;
            }
            return expand(*unquoted);
        }
        if (quote == '"' || quote == '\'')
            report(Severity::Warning,
                   "the value begins with a quote but does not end with it, so the quote is part of it");
        return expand(text);
    }

    QByteArray expand(QByteArrayView text)
    {
        Environment plain = m_environment;
        plain.setKeychain(nullptr); // a variable would not be known for the secret that it holds
        Expansion expansion = expandVariables(text, plain);
        if (!expansion.keychainProblems.empty())
            report(Severity::Error, "a secret of the keychain cannot stand here; write ${keychain:NAME} in the "
                                    "configuration itself");
        for (const QByteArray &name : expansion.undefinedVariables)
            report(Severity::Warning, "the variable " + name + " is not set, empty text takes its place");
        if (expansion.malformed)
            report(Severity::Warning, "a ${ begins no variable and stays; write $${ if it is meant so");
        return std::move(expansion.text);
    }

    void report(Severity severity, const QByteArray &message)
    {
        m_problems.push_back({severity, m_fileName, m_line, 1, m_name, message});
    }

    Environment &m_environment;
    const QByteArray &m_fileName;
    int m_line;
    std::vector<ConfigProblem> &m_problems;
    QByteArray m_name;
};

} // namespace

std::vector<ConfigProblem> mergeDotEnv(Environment &environment, QByteArrayView text, const QByteArray &fileName)
{
    constexpr QByteArrayView byteOrderMark = "\xEF\xBB\xBF";
    if (text.startsWith(byteOrderMark))
        text = text.sliced(byteOrderMark.size());
    std::vector<ConfigProblem> problems;
    int number = 0;
    while (!text.isEmpty()) {
        const qsizetype end = text.indexOf('\n');
        LineReader(environment, fileName, ++number, problems).read(end < 0 ? text : text.first(end));
        text = end < 0 ? QByteArrayView() : text.sliced(end + 1);
    }
    return problems;
}

} // namespace lunargate
