// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/text_writer.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <span>

namespace lunargate {

/// Attributes in OTLP's JSON (opentelemetry.proto.common.v1.KeyValue). A null key, and what is empty, is left out.
/// Texts have no secret in them, and are cut at kLongestText bytes.
class AttributeList
{
public:
    static constexpr qsizetype kLongestText = 1024;

    AttributeList() { m_json.beginArray(); }

    /// `text` without secrets, and cut.
    static QByteArray cleanText(QByteArrayView text);

    void add(const char *key, QByteArrayView text);
    void add(const char *key, const QByteArray &text) { add(key, QByteArrayView(text)); }
    void add(const char *key, const char *text) { add(key, QByteArrayView(text)); }
    void add(const char *key, std::optional<qint64> number);
    void add(const char *key, std::optional<double> number);
    void add(const char *key, std::span<const QByteArray> texts);
    /// Left out if it does not hold.
    void addFlag(const char *key, bool flag);
    /// As it is, which the caller answers for.
    void addJson(const char *key, const QByteArray &json);

    /// The array. The list is finished then.
    QByteArray take()
    {
        m_json.endArray();
        return std::move(m_json).text();
    }

private:
    json::TextWriter &value(const char *key, const char *kind);
    void end();

    json::TextWriter m_json;
};

} // namespace lunargate
