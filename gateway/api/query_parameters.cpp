// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/query_parameters.h"

#include <QList>

#include <algorithm>
#include <vector>

namespace lunargate {

namespace {

QByteArray decoded(QByteArray text)
{
    return QByteArray::fromPercentEncoding(text.replace('+', ' '));
}

struct Parameter
{
    QByteArray name;
    QByteArray value;
};

std::vector<Parameter> parametersOf(const QByteArray &target)
{
    std::vector<Parameter> parameters;
    const qsizetype query = target.indexOf('?');
    if (query < 0)
        return parameters;
    for (const QByteArray &part : target.sliced(query + 1).split('&')) {
        if (part.isEmpty())
            continue;
        const qsizetype equals = part.indexOf('=');
        parameters.push_back({.name = decoded(equals < 0 ? part : part.first(equals)),
                              .value = equals < 0 ? QByteArray() : decoded(part.sliced(equals + 1))});
    }
    return parameters;
}

std::unexpected<Error> refused(const char *reason, const QByteArray &name, const QByteArray &message)
{
    return std::unexpected(
        Error{.kind = ErrorKind::InvalidRequest, .reason = reason, .message = message, .param = name});
}

} // namespace

Result<QueryParameters> QueryParameters::read(const QByteArray &target, std::initializer_list<QByteArrayView> known)
{
    QueryParameters parameters;
    for (auto &[name, value] : parametersOf(target)) {
        if (!std::ranges::contains(known, QByteArrayView(name))) {
            QByteArrayList names;
            for (const QByteArrayView one : known)
                names.append(one.toByteArray());
            return refused("unknown_parameter", name,
                           "there is no parameter '" + name +
                               "' here; known ones: " + (names.isEmpty() ? QByteArray("none") : names.join(", ")));
        }
        if (!parameters.m_values.emplace(name, std::move(value)).second)
            return refused("repeated_parameter", name, "'" + name + "' stands there more than once");
    }
    return parameters;
}

QueryParameters QueryParameters::pick(const QByteArray &target, std::initializer_list<QByteArrayView> wanted)
{
    QueryParameters parameters;
    for (auto &[name, value] : parametersOf(target)) {
        if (std::ranges::contains(wanted, QByteArrayView(name)))
            parameters.m_values.emplace(std::move(name), std::move(value));
    }
    return parameters;
}

std::optional<QByteArray> QueryParameters::value(QByteArrayView name) const
{
    const auto found = m_values.find(name.toByteArray());
    return found == m_values.end() ? std::nullopt : std::optional(found->second);
}

std::unexpected<Error> invalidParameter(const char *parameter, const char *reason, const QByteArray &message)
{
    return std::unexpected(
        Error{.kind = ErrorKind::InvalidRequest, .reason = reason, .message = message, .param = parameter});
}

} // namespace lunargate
