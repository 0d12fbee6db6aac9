// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <vector>

namespace lunargate {

/// HTTP header fields in wire order. Names compare case-insensitively (RFC 9110 section 5.1); a name may repeat.
class HeaderList
{
public:
    struct Field
    {
        QByteArray name;
        QByteArray value;
    };

    /// Room for what messages usually have.
    static constexpr std::size_t kUsualFields = 16;

    HeaderList() = default;
    HeaderList(std::initializer_list<Field> fields) : m_fields(fields) {}

    /// Makes room for so many fields at once.
    void reserve(size_t count) { m_fields.reserve(count); }
    void add(QByteArray name, QByteArray value) { m_fields.push_back({std::move(name), std::move(value)}); }
    /// Replaces every field of that name by one.
    void set(QByteArrayView name, QByteArray value);
    /// Adds a field unless there is one of that name.
    void setDefault(QByteArrayView name, QByteArrayView value)
    {
        if (!contains(name))
            add(name.toByteArray(), value.toByteArray());
    }
    void remove(QByteArrayView name);

    /// The first value, or nothing.
    std::optional<QByteArray> value(QByteArrayView name) const;
    bool contains(QByteArrayView name) const { return find(name) != nullptr; }
    /// How many fields have that name.
    int count(QByteArrayView name) const;

    bool isEmpty() const { return m_fields.empty(); }
    auto begin() const { return m_fields.begin(); }
    auto end() const { return m_fields.end(); }

private:
    const Field *find(QByteArrayView name) const;

    std::vector<Field> m_fields;
};

} // namespace lunargate
