// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"

#include <QByteArray>
#include <QByteArrayView>

#include <concepts>
#include <span>
#include <variant>

namespace lunargate {

/// A named value of a log line. It borrows its texts: make it where it is used, as an argument of logEvent().
class LogField
{
public:
    using Value = std::variant<QByteArrayView, bool, qint64, double>;

    LogField(const char *key, QByteArrayView text) : m_key(key), m_value(text) {}
    template <std::same_as<bool> T>
    LogField(const char *key, T value) : m_key(key), m_value(value)
    {
    }
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    LogField(const char *key, T value) : m_key(key), m_value(static_cast<qint64>(value))
    {
    }
    LogField(const char *key, double value) : m_key(key), m_value(value) {}

    QByteArrayView key() const { return m_key; }
    const Value &value() const { return m_value; }

private:
    QByteArrayView m_key; ///< snake_case; not level, time, category or message
    Value m_value;
};

/// One line of the log before it is written.
struct LogLine
{
    LogLevel level = LogLevel::Info;
    qint64 milliseconds = 0; ///< since the epoch
    QByteArrayView category; ///< for example `http`
    QByteArrayView message;
    std::span<const LogField> fields;
};

/// `2026-04-12T10:00:00.123+02:00 INFO  [http] text key=value` and a line end. Secrets are replaced, control characters
/// escaped and long texts cut, so the result is exactly one line. `isColoured`: the level has terminal colours.
QByteArray renderConsole(const LogLine &line, bool isColoured);

/// A JSON object with `level`, `time`, `category`, `message` and the fields, and a line end. Same precautions.
QByteArray renderJson(const LogLine &line);

/// Only `text key=value`, with the same precautions.
QByteArray renderMessage(QByteArrayView message, std::span<const LogField> fields);

} // namespace lunargate
