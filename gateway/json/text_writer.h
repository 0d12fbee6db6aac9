// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"
#include "gateway/json/writer.h"

#include <QByteArray>
#include <QByteArrayView>

#include <array>
#include <charconv>
#include <concepts>

namespace lunargate::json {

/// Writes JSON text piece by piece and sets the commas. The caller closes what it opens.
///
///     TextWriter json;
///     json.beginObject();
///     json.member("model", model);
///     json.key("messages").beginArray(); … json.endArray();
///     json.endObject();
class TextWriter
{
public:
    TextWriter() = default;
    /// With room for `size` bytes.
    explicit TextWriter(qsizetype size) { m_text.reserve(size); }
    /// With room for what a request of `bodyBytes` becomes in another protocol: a little more, or less.
    static TextWriter forBody(qsizetype bodyBytes) { return TextWriter(bodyBytes + bodyBytes / 16 + 512); }

    TextWriter &beginObject() { return open('{'); }
    TextWriter &endObject() { return close('}'); }
    TextWriter &beginArray() { return open('['); }
    TextWriter &endArray() { return close(']'); }

    /// The next member's name; its value follows.
    TextWriter &key(QByteArrayView name)
    {
        separate();
        appendString(m_text, name);
        m_text += ':';
        m_needsComma = false;
        return *this;
    }

    TextWriter &string(QByteArrayView text)
    {
        separate();
        appendString(m_text, text);
        return *this;
    }
    /// A text of a Document, which needs no check.
    TextWriter &documentText(QByteArrayView text)
    {
        separate();
        appendDocumentText(m_text, text);
        return *this;
    }
    TextWriter &boolean(bool value) { return raw(value ? "true" : "false"); }
    TextWriter &integer(qint64 value)
    {
        std::array<char, 20> digits = {}; // the smallest has so many, with its sign
        const char *end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        return raw(QByteArrayView(digits.data(), end));
    }
    TextWriter &number(double value) { return raw(json::number(value)); }
    TextWriter &null() { return raw("null"); }
    /// A value of a document, with its members in their order.
    TextWriter &value(Value value)
    {
        separate();
        appendValue(m_text, value);
        return *this;
    }
    /// Text that is JSON already.
    TextWriter &raw(QByteArrayView json)
    {
        separate();
        m_text.append(json);
        return *this;
    }

    TextWriter &member(QByteArrayView name, QByteArrayView text) { return key(name).string(text); }
    TextWriter &member(QByteArrayView name, const QByteArray &text) { return key(name).string(text); }
    TextWriter &member(QByteArrayView name, const char *text) { return key(name).string(text); }
    TextWriter &member(QByteArrayView name, std::same_as<bool> auto flag) { return key(name).boolean(flag); }
    TextWriter &member(QByteArrayView name, double number) { return key(name).number(number); }
    TextWriter &member(QByteArrayView name, std::integral auto number)
        requires(!std::same_as<decltype(number), bool>)
    {
        return key(name).integer(static_cast<qint64>(number));
    }
    TextWriter &member(QByteArrayView name, Value v) { return key(name).value(v); }

    /// What was written so far.
    const QByteArray &text() const & { return m_text; }
    QByteArray text() && { return std::move(m_text); }

private:
    void separate()
    {
        if (m_needsComma)
            m_text += ',';
        m_needsComma = true;
    }
    TextWriter &open(char bracket)
    {
        separate();
        m_text += bracket;
        m_needsComma = false;
        return *this;
    }
    TextWriter &close(char bracket)
    {
        m_text += bracket;
        m_needsComma = true;
        return *this;
    }

    QByteArray m_text;
    bool m_needsComma = false;
};

} // namespace lunargate::json
