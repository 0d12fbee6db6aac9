// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/client_field.h"

namespace lunargate {

namespace {

bool isAround(QByteArrayView outer, QByteArrayView field)
{
    return field.startsWith(outer) &&
           (field.size() == outer.size() || field[outer.size()] == '.' || field[outer.size()] == '[');
}

QByteArray inErrors(const ClientField &field)
{
    if (field.name.isEmpty())
        return QByteArrayLiteral("the request");
    return (field.isWhole ? "'" : "something in '") + field.name + '\'';
}

} // namespace

ClientField findField(std::span<const FieldName> names, QByteArrayView chatField)
{
    const FieldName *nearest = nullptr;
    for (const FieldName &name : names) {
        if (isAround(name.chat, chatField) && (!nearest || name.chat.size() > nearest->chat.size()))
            nearest = &name;
    }
    if (!nearest)
        return {};
    QByteArrayView rest = chatField.sliced(nearest->chat.size());
    QByteArray name = nearest->client.toByteArray();
    if (const qsizetype end = rest.indexOf(']'); nearest->countsAlike && rest.startsWith('[') && end > 0) {
        name += rest.first(end + 1);
        rest = rest.sliced(end + 1);
    }
    return {.name = std::move(name), .isWhole = rest.isEmpty()};
}

Error renamed(Error error, const ClientField &field)
{
    error.message.replace('\'' + error.param + '\'', inErrors(field));
    error.param = field.name;
    return error;
}

} // namespace lunargate
