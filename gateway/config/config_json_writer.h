// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/enum_names.h"
#include "gateway/json/text_writer.h"

#include <map>
#include <optional>
#include <vector>

namespace lunargate {

/// Writes settings as JSON in the form in which the file has them: a line a key, as SectionReader reads them. What may
/// be a credential is masked by its type; there is no way to write it as it is.
class ConfigJsonWriter
{
public:
    enum class Secrets {
        Masked, ///< `***`; to be shown
        Hashed, ///< other secrets give another text; for comparing, not to be shown
    };

    explicit ConfigJsonWriter(Secrets secrets) : m_secrets(secrets) { m_json.beginObject(); }

    void write(QByteArrayView key, bool value) { m_json.member(key, value); }
    void write(QByteArrayView key, int value) { m_json.member(key, value); }
    void write(QByteArrayView key, double value) { m_json.member(key, value); }
    void write(QByteArrayView key, milliseconds value);
    void write(QByteArrayView key, const QByteArray &value) { m_json.member(key, value); }
    void write(QByteArrayView key, const SecretString &value);
    void write(QByteArrayView key, const std::vector<QByteArray> &values);
    template <typename Numbers>
        requires std::same_as<typename Numbers::value_type, int>
    void write(QByteArrayView key, const Numbers &values)
    {
        m_json.key(key).beginArray();
        for (const int value : values)
            m_json.integer(value);
        m_json.endArray();
    }
    template <typename Enum>
        requires std::is_enum_v<Enum>
    void write(QByteArrayView key, Enum value)
    {
        writeWord(key, namesOf(value), std::to_underlying(value));
    }
    /// Nothing at all where there is nothing: the reader takes an empty restriction for a mistake.
    template <typename Value>
    void writeUnlessEmpty(QByteArrayView key, const Value &value)
    {
        if (value != Value())
            write(key, value);
    }

    /// `null` for nothing.
    template <typename Value>
    void write(QByteArrayView key, const std::optional<Value> &value)
    {
        if (value)
            write(key, *value);
        else
            m_json.key(key).null();
    }

    void writeSize(QByteArrayView key, qint64 bytes) { m_json.member(key, bytes); }
    /// Without what may be a credential: user and password, and what the parameters say.
    void writeUrl(QByteArrayView key, const QByteArray &url);
    /// Every value is masked.
    void writeSecretMap(QByteArrayView key, const std::map<QByteArray, QByteArray> &values);
    /// Values whose names look like those of credentials are masked.
    void writeMap(QByteArrayView key, const std::map<QByteArray, QByteArray> &values);

    template <typename Section>
    void section(QByteArrayView key, Section writeSection)
    {
        m_json.key(key).beginObject();
        writeSection(*this);
        m_json.endObject();
    }
    template <typename Items, typename Item>
    void list(QByteArrayView key, const Items &items, Item writeItem)
    {
        m_json.key(key).beginArray();
        for (const auto &item : items) {
            m_json.beginObject();
            writeItem(*this, item);
            m_json.endObject();
        }
        m_json.endArray();
    }

    /// The whole text; nothing may be written afterwards.
    QByteArray finish() { return m_json.endObject().text(); }

private:
    void writeWord(QByteArrayView key, std::span<const NamedValue> names, int value);
    QByteArray hidden(const QByteArray &secret) const;

    Secrets m_secrets;
    json::TextWriter m_json;
};

} // namespace lunargate
