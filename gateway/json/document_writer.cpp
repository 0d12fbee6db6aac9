// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/document_writer.h"

#include <QString>

#include <cstring>

namespace lunargate::json {

namespace {

// All values of a document stand in a row, those of an array or object right behind it.
size_t valuesOf(Value value)
{
    return value.exists() ? static_cast<size_t>(unsafe_yyjson_get_next(value.raw()) - value.raw()) : 0;
}

} // namespace

DocumentWriter::DocumentWriter() : m_written(std::make_unique<Document::Written>()) {}

DocumentWriter::DocumentWriter(Value source) : DocumentWriter()
{
    const size_t values = valuesOf(source);
    m_written->values.reserve(values + values / 8 + 32);
}

DocumentWriter &DocumentWriter::beginObject()
{
    unsafe_yyjson_set_obj(put(), 0);
    m_open.push_back({.index = m_written->values.size() - 1});
    return *this;
}

DocumentWriter &DocumentWriter::beginArray()
{
    unsafe_yyjson_set_arr(put(), 0);
    m_open.push_back({.index = m_written->values.size() - 1});
    return *this;
}

DocumentWriter &DocumentWriter::close()
{
    endMember();
    const Open closed = m_open.back();
    m_open.pop_back();
    std::vector<yyjson_val> &values = m_written->values;
    unsafe_yyjson_set_len(&values[closed.index], closed.size);
    values[closed.index].uni.ofs = (values.size() - closed.index) * sizeof(yyjson_val); // where the next value stands
    return *this;
}

DocumentWriter &DocumentWriter::key(QByteArrayView name)
{
    endMember();
    const QByteArrayView kept = copied(name);
    unsafe_yyjson_set_strn(&m_written->values.emplace_back(), kept.data(), static_cast<size_t>(kept.size()));
    m_isNamed = true;
    return *this;
}

DocumentWriter &DocumentWriter::string(QByteArrayView text)
{
    return text.isValidUtf8() ? documentText(text) : documentText(QString::fromUtf8(text).toUtf8());
}

DocumentWriter &DocumentWriter::documentText(QByteArrayView text)
{
    const QByteArrayView kept = copied(text);
    unsafe_yyjson_set_strn(put(), kept.data(), static_cast<size_t>(kept.size()));
    return *this;
}

DocumentWriter &DocumentWriter::boolean(bool value)
{
    unsafe_yyjson_set_bool(put(), value);
    return *this;
}

DocumentWriter &DocumentWriter::integer(qint64 value)
{
    if (value < 0)
        unsafe_yyjson_set_sint(put(), value);
    else
        unsafe_yyjson_set_uint(put(), static_cast<uint64_t>(value)); // as the parser has it
    return *this;
}

DocumentWriter &DocumentWriter::null()
{
    unsafe_yyjson_set_null(put());
    return *this;
}

DocumentWriter &DocumentWriter::value(Value value)
{
    if (!value.exists())
        return null();
    m_isNamed = false;
    if (!m_open.empty())
        ++m_open.back().size;
    // Where an array or object ends is told from its own place, so that it may stand anywhere.
    std::vector<yyjson_val> &values = m_written->values;
    values.insert(values.end(), value.raw(), value.raw() + valuesOf(value));
    return *this;
}

DocumentWriter &DocumentWriter::document(Document document)
{
    value(document.root());
    m_written->kept.push_back(std::move(document));
    return *this;
}

DocumentWriter &DocumentWriter::raw(QByteArrayView json)
{
    std::optional<Document> parsed = Document::parse(json);
    return parsed ? document(*std::move(parsed)) : null();
}

Document DocumentWriter::finish() &&
{
    Q_ASSERT(m_open.empty());
    return Document(std::move(m_written));
}

// Without a value the next name would be taken for it, and each value behind it for a name.
void DocumentWriter::endMember()
{
    if (m_isNamed)
        null();
}

yyjson_val *DocumentWriter::put()
{
    m_isNamed = false;
    if (!m_open.empty())
        ++m_open.back().size;
    return &m_written->values.emplace_back();
}

QByteArrayView DocumentWriter::copied(QByteArrayView text)
{
    constexpr qsizetype kBlock = 4096;
    if (text.isEmpty())
        return QByteArrayView("", 0); // yyjson wants a place even so
    const auto addBlock = [this](qsizetype size) {
        return m_written->texts.emplace_back(std::make_unique_for_overwrite<char[]>(static_cast<size_t>(size))).get();
    };
    char *place = nullptr;
    if (text.size() > kBlock / 8) { // has a block of its own
        place = addBlock(text.size());
    } else {
        if (text.size() > m_room) {
            m_free = addBlock(kBlock);
            m_room = kBlock;
        }
        place = m_free;
        m_free += text.size();
        m_room -= text.size();
    }
    std::memcpy(place, text.data(), static_cast<size_t>(text.size()));
    return {place, text.size()};
}

} // namespace lunargate::json
