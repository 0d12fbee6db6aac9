// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/log_line.h"

#include "gateway/json/writer.h"
#include "gateway/observability/redaction.h"

#include <QDateTime>
#include <QString>
#include <QTimeZone>

#include <algorithm>
#include <cmath>

namespace lunargate {

namespace {

// Longer texts are cut: one line must not fill the disk.
constexpr qsizetype kLongestLine = 16 * 1024;

struct LevelNames
{
    const char *json;
    const char *console; ///< all of one width
    const char *colour;  ///< of the terminal (ECMA-48, SGR)
};

LevelNames names(LogLevel level)
{
    switch (level) {
    case LogLevel::Trace:
        return {"trace", "TRACE", "\x1b[90m"};
    case LogLevel::Debug:
        return {"debug", "DEBUG", "\x1b[36m"};
    case LogLevel::Info:
        return {"info", "INFO ", "\x1b[32m"};
    case LogLevel::Warning:
        return {"warn", "WARN ", "\x1b[33m"};
    case LogLevel::Error:
    case LogLevel::Disabled:
        break;
    }
    return {"error", "ERROR", "\x1b[31m"};
}

/// RFC 3339 in local time with milliseconds. Everything but those is made once a second.
void appendTime(QByteArray &out, qint64 milliseconds)
{
    struct Second
    {
        qint64 second = -1;
        QByteArray dateTime, offset;
    };
    static thread_local Second cached;
    const qint64 second = milliseconds / 1000;
    if (cached.second != second) {
        const QDateTime local = QDateTime::fromSecsSinceEpoch(second);
        const QByteArray text = local.toOffsetFromUtc(local.offsetFromUtc()).toString(Qt::ISODate).toLatin1();
        constexpr qsizetype kDateTimeLength = sizeof "2026-04-12T10:00:00" - 1;
        cached = {second, text.first(kDateTimeLength), text.sliced(kDateTimeLength)};
    }
    const auto rest = static_cast<int>(milliseconds % 1000);
    const char fraction[] = {'.', static_cast<char>('0' + rest / 100), static_cast<char>('0' + rest / 10 % 10),
                             static_cast<char>('0' + rest % 10)};
    out += cached.dateTime;
    out.append(fraction, sizeof fraction);
    out += cached.offset;
}

/// Without secrets, not too long, valid UTF-8.
QByteArray cleaned(QByteArrayView text)
{
    // First the secrets: half a key would not be found any more.
    QByteArray result = redacted(text);
    if (result.size() > kLongestLine) {
        result.truncate(kLongestLine);
        result += "...";
    }
    return result.isValidUtf8() ? result : QString::fromUtf8(result).toUtf8();
}

/// The code of the control character at `at` (C0, DEL or, in two bytes, C1), or -1.
int controlAt(QByteArrayView text, qsizetype at)
{
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 || byte == 0x7f)
        return byte;
    if (byte == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0)
        return static_cast<unsigned char>(text[at + 1]);
    return -1;
}

void appendHex(QByteArray &out, QByteArrayView prefix, int code)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    out += prefix;
    out += kDigits[code >> 4];
    out += kDigits[code & 0xf];
}

/// Appends `text` such that it stays on its line and tells the terminal nothing.
void appendEscaped(QByteArray &out, QByteArrayView text)
{
    for (qsizetype at = 0; at < text.size(); ++at) {
        const int control = controlAt(text, at);
        if (control < 0) {
            out += text[at];
            continue;
        }
        if (const char *escape = json::shortEscape(text[at]))
            out += escape;
        else
            appendHex(out, "\\x", control);
        at += control >= 0x80 ? 1 : 0;
    }
}

bool needsQuotes(QByteArrayView text)
{
    return text.isEmpty() || std::ranges::any_of(text, [](char c) {
               return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f || c == '"' ||
                      c == '=' || c == '\\';
           });
}

void appendConsoleText(QByteArray &out, QByteArrayView text)
{
    const QByteArray clean = cleaned(text);
    if (!needsQuotes(clean)) {
        out += clean;
        return;
    }
    QByteArray marked = clean;
    marked.replace('\\', "\\\\").replace('"', "\\\"");
    out += '"';
    appendEscaped(out, marked);
    out += '"';
}

void appendJsonText(QByteArray &out, QByteArrayView text)
{
    const QByteArray json = json::quoted(cleaned(text));
    // RFC 8259 leaves DEL and C1 as they are, but somebody may look at the file in a terminal.
    for (qsizetype at = 0; at < json.size(); ++at) {
        const int control = controlAt(json, at);
        if (control < 0) {
            out += json.at(at);
            continue;
        }
        appendHex(out, "\\u00", control);
        at += control >= 0x80 ? 1 : 0;
    }
}

template <typename AppendText>
void appendValue(QByteArray &out, const LogField::Value &value, AppendText appendText)
{
    if (const auto *text = std::get_if<QByteArrayView>(&value))
        appendText(out, *text);
    else if (const auto *flag = std::get_if<bool>(&value))
        out += *flag ? "true" : "false";
    else if (const auto *integer = std::get_if<qint64>(&value))
        out += QByteArray::number(*integer);
    else
        out += json::number(std::get<double>(value));
}

void appendMessage(QByteArray &out, QByteArrayView message, std::span<const LogField> fields)
{
    appendEscaped(out, cleaned(message));
    for (const LogField &field : fields) {
        out += ' ';
        out += field.key();
        out += '=';
        appendValue(out, field.value(), appendConsoleText);
    }
}

} // namespace

QByteArray renderConsole(const LogLine &line, bool isColoured)
{
    const LevelNames level = names(line.level);
    QByteArray out;
    out.reserve(256);
    appendTime(out, line.milliseconds);
    out += ' ';
    out += isColoured ? level.colour : "";
    out += level.console;
    out += isColoured ? "\x1b[0m" : "";
    out += " [";
    out += line.category;
    out += "] ";
    appendMessage(out, line.message, line.fields);
    out += '\n';
    return out;
}

QByteArray renderJson(const LogLine &line)
{
    QByteArray out;
    out.reserve(384);
    out += R"({"level":")";
    out += names(line.level).json;
    out += R"(","time":")";
    appendTime(out, line.milliseconds);
    out += R"(","category":)";
    appendJsonText(out, line.category);
    out += R"(,"message":)";
    appendJsonText(out, line.message);
    for (const LogField &field : line.fields) {
        out += ',';
        json::appendString(out, field.key());
        out += ':';
        appendValue(out, field.value(), appendJsonText);
    }
    out += "}\n";
    return out;
}

QByteArray renderMessage(QByteArrayView message, std::span<const LogField> fields)
{
    QByteArray out;
    appendMessage(out, message, fields);
    return out;
}

} // namespace lunargate
