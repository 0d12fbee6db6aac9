// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <yyjson.h>

#include <cstdint>
#include <expected>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace lunargate::json {

/// A borrowed value of a Document; null when the member is missing. Every accessor of a missing value or of another
/// type gives "nothing", so that look-ups chain.
class Value
{
public:
    Value() = default;
    explicit Value(yyjson_val *value) : m_value(value) {}

    bool exists() const { return m_value != nullptr; }
    bool isNull() const { return yyjson_is_null(m_value); }
    bool isObject() const { return yyjson_is_obj(m_value); }
    bool isArray() const { return yyjson_is_arr(m_value); }
    bool isString() const { return yyjson_is_str(m_value); }
    bool isBool() const { return yyjson_is_bool(m_value); }
    bool isNumber() const { return yyjson_is_num(m_value); }

    Value operator[](QByteArrayView key) const
    {
        return Value(yyjson_obj_getn(m_value, key.data(), static_cast<size_t>(key.size())));
    }
    Value at(size_t index) const { return Value(yyjson_arr_get(m_value, index)); }
    /// Elements of an array or members of an object.
    size_t size() const { return isArray() ? yyjson_arr_size(m_value) : yyjson_obj_size(m_value); }

    /// Empty if it is no string. Valid as long as the document.
    QByteArrayView string() const
    {
        return {yyjson_get_str(m_value), static_cast<qsizetype>(yyjson_get_len(m_value) * (isString() ? 1 : 0))};
    }
    QByteArray toByteArray() const { return string().toByteArray(); }
    std::optional<bool> boolean() const { return isBool() ? std::optional(yyjson_get_bool(m_value)) : std::nullopt; }
    /// Nothing, too, for a number that does not fit.
    std::optional<qint64> integer() const
    {
        const bool fits = yyjson_is_sint(m_value) || (yyjson_is_uint(m_value) && yyjson_get_uint(m_value) <= INT64_MAX);
        return fits ? std::optional(static_cast<qint64>(yyjson_get_sint(m_value))) : std::nullopt;
    }
    /// An integer also where it is written as a float, as some clients do (`100.0`).
    std::optional<qint64> wholeNumber() const
    {
        if (const std::optional<qint64> exact = integer())
            return exact;
        const std::optional<double> real = number();
        constexpr double kExact = 9007199254740992.0; // 2^53
        const bool isWhole = real && *real >= -kExact && *real <= kExact && *real == static_cast<double>(qint64(*real));
        return isWhole ? std::optional(static_cast<qint64>(*real)) : std::nullopt;
    }
    std::optional<double> number() const { return isNumber() ? std::optional(yyjson_get_num(m_value)) : std::nullopt; }

    /// The elements of an array, for a range-based for; none for anything else. To be preferred over at(), which walks
    /// from the start each time.
    class Elements;
    Elements elements() const;

    /// The members of an object in their order, likewise: `for (const auto [name, value] : object.members())`.
    class Members;
    Members members() const;

    yyjson_val *raw() const { return m_value; }

private:
    yyjson_val *m_value = nullptr;
};

class Value::Elements
{
public:
    class Iterator
    {
    public:
        explicit Iterator(const yyjson_arr_iter &position) : m_position(position) { ++*this; }
        Value operator*() const { return Value(m_current); }
        Iterator &operator++()
        {
            m_current = yyjson_arr_iter_next(&m_position);
            return *this;
        }
        bool operator==(std::default_sentinel_t) const { return !m_current; }

    private:
        yyjson_arr_iter m_position;
        yyjson_val *m_current = nullptr;
    };

    explicit Elements(yyjson_val *array) { yyjson_arr_iter_init(array, &m_start); }
    Iterator begin() const { return Iterator(m_start); }
    std::default_sentinel_t end() const { return {}; }

private:
    yyjson_arr_iter m_start{};
};

inline Value::Elements Value::elements() const
{
    return Elements(m_value);
}

class Value::Members
{
public:
    struct Member
    {
        QByteArrayView name;
        Value value;
    };
    class Iterator
    {
    public:
        explicit Iterator(const yyjson_obj_iter &position) : m_position(position) { ++*this; }
        Member operator*() const { return {Value(m_key).string(), Value(yyjson_obj_iter_get_val(m_key))}; }
        Iterator &operator++()
        {
            m_key = yyjson_obj_iter_next(&m_position);
            return *this;
        }
        bool operator==(std::default_sentinel_t) const { return !m_key; }

    private:
        yyjson_obj_iter m_position;
        yyjson_val *m_key = nullptr;
    };

    explicit Members(yyjson_val *object) { yyjson_obj_iter_init(object, &m_start); }
    Iterator begin() const { return Iterator(m_start); }
    std::default_sentinel_t end() const { return {}; }

private:
    yyjson_obj_iter m_start{};
};

inline Value::Members Value::members() const
{
    return Members(m_value);
}

/// Where and why a text is not JSON.
struct ParseError
{
    qsizetype position = 0; ///< in bytes
    QByteArray message;
};

/// Parsed JSON (RFC 8259, UTF-8 checked), or what a DocumentWriter has put together, which reads the same. Immutable;
/// its values live as long as it does.
class Document
{
public:
    /// Without a value.
    Document() = default;

    /// Nothing if `text` is not exactly one JSON value.
    static std::optional<Document> parse(QByteArrayView text)
    {
        yyjson_doc *document = yyjson_read(text.data(), static_cast<size_t>(text.size()), YYJSON_READ_NOFLAG);
        return document ? std::optional(Document(document)) : std::nullopt;
    }

    /// The same, with the reason.
    static std::expected<Document, ParseError> read(QByteArrayView text)
    {
        yyjson_read_err error{};
        // Without the flag for parsing in place the text is only read; the library's signature lacks the const.
        yyjson_doc *document = yyjson_read_opts(const_cast<char *>(text.data()), static_cast<size_t>(text.size()),
                                                YYJSON_READ_NOFLAG, nullptr, &error);
        if (!document)
            return std::unexpected(ParseError{static_cast<qsizetype>(error.pos), error.msg});
        return Document(document);
    }

    Value root() const { return Value(m_written ? m_written->values.data() : yyjson_doc_get_root(m_document.get())); }

private:
    friend class DocumentWriter;

    /// Values that were not parsed.
    struct Written
    {
        std::vector<yyjson_val> values;             ///< in the parser's own order: the root, then what is in it
        std::vector<std::unique_ptr<char[]>> texts; ///< that the values refer to, but for those of other documents
        std::vector<Document> kept;                 ///< such other documents
    };

    struct Free
    {
        void operator()(yyjson_doc *document) const { yyjson_doc_free(document); }
    };

    explicit Document(yyjson_doc *document) : m_document(document) {}
    explicit Document(std::unique_ptr<Written> written) : m_written(std::move(written)) {}

    std::unique_ptr<yyjson_doc, Free> m_document;
    std::unique_ptr<Written> m_written; // instead of `m_document`
};

} // namespace lunargate::json
