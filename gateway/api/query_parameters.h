// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

#include <QByteArray>
#include <QByteArrayView>

#include <expected>
#include <initializer_list>
#include <map>
#include <optional>

namespace lunargate {

/// What stands behind the `?` of a request's target, read as forms are (`+` is a space).
class QueryParameters
{
public:
    /// Fails with InvalidRequest (`unknown_parameter`, `repeated_parameter`) if there is more than `known`.
    static Result<QueryParameters> read(const QByteArray &target, std::initializer_list<QByteArrayView> known);

    /// Those of `wanted` that are there, the first of each; whatever else there is does not matter.
    static QueryParameters pick(const QByteArray &target, std::initializer_list<QByteArrayView> wanted);

    std::optional<QByteArray> value(QByteArrayView name) const;

private:
    std::map<QByteArray, QByteArray> m_values;
};

/// That the value of `parameter` is not one of those that there are.
std::unexpected<Error> invalidParameter(const char *parameter, const char *reason, const QByteArray &message);

} // namespace lunargate
