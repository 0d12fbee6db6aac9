// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/header_list.h"

#include <algorithm>

namespace lunargate {

namespace {

bool sameName(QByteArrayView a, QByteArrayView b)
{
    return a.size() == b.size() && a.compare(b, Qt::CaseInsensitive) == 0;
}

} // namespace

void HeaderList::set(QByteArrayView name, QByteArray value)
{
    remove(name);
    add(name.toByteArray(), std::move(value));
}

void HeaderList::remove(QByteArrayView name)
{
    std::erase_if(m_fields, [name](const Field &field) { return sameName(field.name, name); });
}

std::optional<QByteArray> HeaderList::value(QByteArrayView name) const
{
    const Field *field = find(name);
    return field ? std::optional(field->value) : std::nullopt;
}

int HeaderList::count(QByteArrayView name) const
{
    return static_cast<int>(std::ranges::count_if(m_fields, [name](const Field &f) { return sameName(f.name, name); }));
}

const HeaderList::Field *HeaderList::find(QByteArrayView name) const
{
    const auto it = std::ranges::find_if(m_fields, [name](const Field &field) { return sameName(field.name, name); });
    return it == m_fields.end() ? nullptr : &*it;
}

} // namespace lunargate
