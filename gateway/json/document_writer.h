// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"

#include <QByteArray>
#include <QByteArrayView>

#include <concepts>
#include <memory>
#include <vector>

namespace lunargate::json {

/// Puts a Document together value by value, as a TextWriter writes text: the same as if that text was parsed, without
/// the text and the parsing. The caller closes what it opens.
///
/// Values of other documents are not copied, but for their place in the new one: their texts stay where they are, so
/// that those documents must outlive this one, or be kept with it. All other texts are copied.
class DocumentWriter
{
public:
    DocumentWriter();
    /// With room for about as many values as `source` has.
    explicit DocumentWriter(Value source);

    DocumentWriter &beginObject();
    DocumentWriter &endObject() { return close(); }
    DocumentWriter &beginArray();
    DocumentWriter &endArray() { return close(); }

    /// The next member's name; its value follows. If another name or the end of the object does, it is `null`.
    DocumentWriter &key(QByteArrayView name);

    /// Invalid UTF-8 is replaced by U+FFFD.
    DocumentWriter &string(QByteArrayView text);
    /// A text of a Document, which needs no check. It is copied: value() does without.
    DocumentWriter &documentText(QByteArrayView text);
    DocumentWriter &boolean(bool value);
    DocumentWriter &integer(qint64 value);
    DocumentWriter &null();
    /// A value of another document, which must outlive this one; `null` for a missing one.
    DocumentWriter &value(Value value);
    /// The whole of another document, which is kept with this one.
    DocumentWriter &document(Document document);
    /// Text that is JSON already.
    DocumentWriter &raw(QByteArrayView json);

    DocumentWriter &member(QByteArrayView name, QByteArrayView text) { return key(name).string(text); }
    DocumentWriter &member(QByteArrayView name, const QByteArray &text) { return key(name).string(text); }
    DocumentWriter &member(QByteArrayView name, const char *text) { return key(name).string(text); }
    DocumentWriter &member(QByteArrayView name, std::same_as<bool> auto flag) { return key(name).boolean(flag); }
    DocumentWriter &member(QByteArrayView name, std::integral auto number)
        requires(!std::same_as<decltype(number), bool>)
    {
        return key(name).integer(static_cast<qint64>(number));
    }
    DocumentWriter &member(QByteArrayView name, Value v) { return key(name).value(v); }

    /// What was written, which is one value.
    Document finish() &&;

private:
    /// An array or object that is not closed yet.
    struct Open
    {
        size_t index = 0; ///< of its value
        size_t size = 0;
    };

    yyjson_val *put();
    void endMember();
    DocumentWriter &close();
    QByteArrayView copied(QByteArrayView text);

    std::unique_ptr<Document::Written> m_written;
    std::vector<Open> m_open;
    bool m_isNamed = false; // a member has its name, but no value yet
    char *m_free = nullptr; // where the next copied text may stand
    qsizetype m_room = 0;
};

} // namespace lunargate::json
