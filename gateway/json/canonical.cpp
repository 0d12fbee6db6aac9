// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/canonical.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <vector>

namespace lunargate::json {

namespace {

// What follows: nothing, eight bytes, or a length and so many bytes, members (name and value) or elements.
constexpr char kNull = 'n';
constexpr char kTrue = 't';
constexpr char kFalse = 'f';
constexpr char kInteger = 'i';
constexpr char kLargeInteger = 'u'; // over the largest signed one
constexpr char kReal = 'd';
constexpr char kText = 's';
constexpr char kArray = '[';
constexpr char kObject = '{';

constexpr double kExactLimit = 9007199254740992.0; // 2^53: from here on a double skips whole numbers

/// One kind, and how much of it follows: seven bits a byte, the lowest first, the last one without the eighth bit.
void putHead(char kind, size_t count, CanonicalSink &sink)
{
    char head[1 + 10] = {kind};
    qsizetype size = 1;
    while (count >= 0x80) {
        head[size++] = static_cast<char>((count & 0x7f) | 0x80);
        count >>= 7;
    }
    head[size++] = static_cast<char>(count);
    sink.put({head, size});
}

template <typename Number>
void putNumber(char kind, Number number, CanonicalSink &sink)
{
    static_assert(sizeof number == 8);
    char bytes[1 + sizeof number] = {kind};
    std::memcpy(bytes + 1, &number, sizeof number);
    sink.put({bytes, sizeof bytes});
}

void putText(QByteArrayView text, CanonicalSink &sink)
{
    putHead(kText, static_cast<size_t>(text.size()), sink);
    sink.put(text);
}

class Writer
{
public:
    explicit Writer(CanonicalSink &sink) : m_sink(sink) {}

    bool isExact() const { return m_isExact; }

    // As deep as the document is, which whoever read it has limited.
    void write(Value value) // NOLINT(misc-no-recursion)
    {
        if (value.isString())
            putText(value.string(), m_sink);
        else if (value.isObject())
            writeObject(value, [](QByteArrayView) { return true; });
        else if (value.isArray())
            writeArray(value);
        else if (value.isNumber())
            writeNumber(value);
        else
            putKind(value.boolean() ? (*value.boolean() ? kTrue : kFalse) : kNull);
    }

    template <typename IsWanted>
    void writeObject(Value object, const IsWanted &isWanted) // NOLINT(misc-no-recursion)
    {
        const auto begin = std::ssize(m_members); // those of the objects around this one stand before
        for (const Member member : object.members()) {
            if (isWanted(member.name))
                m_members.push_back(member);
        }
        const auto end = std::ssize(m_members);
        // Members of the same name keep their order, in which their values stand in memory.
        std::sort(m_members.begin() + begin, m_members.end(), [](const Member &a, const Member &b) {
            const auto order = a.name <=> b.name;
            return order == 0 ? std::less()(a.value.raw(), b.value.raw()) : order < 0;
        });
        putHead(kObject, static_cast<size_t>(end - begin), m_sink);
        for (auto i = begin; i < end; ++i) {
            const Member member = m_members[static_cast<size_t>(i)]; // a copy: the vector may grow
            putText(member.name, m_sink);
            write(member.value);
        }
        m_members.erase(m_members.begin() + begin, m_members.end());
    }

private:
    using Member = Value::Members::Member;

    void putKind(char kind) { m_sink.put({&kind, 1}); }

    void writeArray(Value array) // NOLINT(misc-no-recursion)
    {
        putHead(kArray, array.size(), m_sink);
        for (const Value element : array.elements())
            write(element);
    }

    void writeNumber(Value value)
    {
        yyjson_val *number = value.raw();
        if (yyjson_is_sint(number))
            return putNumber(kInteger, qint64(yyjson_get_sint(number)), m_sink);
        if (yyjson_is_uint(number)) {
            const quint64 integer = yyjson_get_uint(number);
            return integer <= INT64_MAX ? putNumber(kInteger, qint64(integer), m_sink)
                                        : putNumber(kLargeInteger, integer, m_sink);
        }
        const double real = yyjson_get_real(number);
        if (real <= -kExactLimit || real >= kExactLimit)
            m_isExact = false;
        else if (const auto whole = static_cast<qint64>(real); static_cast<double>(whole) == real)
            return putNumber(kInteger, whole, m_sink);
        putNumber(kReal, real, m_sink);
    }

    CanonicalSink &m_sink;
    std::vector<Member> m_members;
    bool m_isExact = true;
};

} // namespace

bool writeCanonical(Value value, CanonicalSink &sink)
{
    Writer writer(sink);
    writer.write(value);
    return writer.isExact();
}

bool writeCanonical(Value object, const std::function<bool(QByteArrayView)> &isWanted, CanonicalSink &sink)
{
    Writer writer(sink);
    writer.writeObject(object, isWanted);
    return writer.isExact();
}

void writeCanonical(QByteArrayView text, CanonicalSink &sink)
{
    putText(text, sink);
}

void writeCanonical(qint64 number, CanonicalSink &sink)
{
    putNumber(kInteger, number, sink);
}

} // namespace lunargate::json
