// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/json/document.h"
#include "gateway/json/members.h"

#include <QByteArray>
#include <QByteArrayView>

#include <span>
#include <vector>

namespace lunargate {

/// A request body that is one JSON object, as every dialect of ours wants it.
struct JsonBody
{
    json::Document document;
    json::Range object;                ///< where it stands in the body
    std::vector<json::Member> members; ///< of the object, by position in the body
};

/// Fails with InvalidRequest: `empty_body`, `invalid_json` (saying where) or `json_too_deep`.
Result<JsonBody> readJsonBody(QByteArrayView body, int maxDepth);

/// Fails with InvalidRequest `duplicate_key` if one of `names` is there twice. To be asked of the members that the
/// gateway itself reads: twice the same one could mean one thing here and another at the provider.
Result<void> checkUnique(const std::vector<json::Member> &members, std::span<const QByteArrayView> names);

/// The refusal of a body, or of the field `param` in it.
std::unexpected<Error> refusedBody(QByteArray reason, QByteArray message, QByteArray param = {});

/// Clients send null for what they do not set.
inline bool isAbsent(json::Value value)
{
    return !value.exists() || value.isNull();
}

} // namespace lunargate
