// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/json_body.h"

#include "gateway/json/parsed_text.h"

#include <algorithm>

namespace lunargate {

Result<JsonBody> readJsonBody(QByteArrayView body, int maxDepth)
{
    if (body.isEmpty())
        return refusedBody("empty_body", "the request has no body; send a JSON object");
    auto document = json::Document::read(body);
    if (!document) {
        const json::ParseError &error = document.error();
        return refusedBody("invalid_json", "invalid JSON in request body: " + error.message + " (byte " +
                                               QByteArray::number(error.position) + ')');
    }
    const json::Value root = document->root();
    if (json::isDeeperThan(root, maxDepth)) {
        return refusedBody("json_too_deep", "the JSON is nested deeper than " + QByteArray::number(maxDepth) +
                                                " levels (server.max_json_depth)");
    }
    if (!root.isObject())
        return refusedBody("invalid_json", "the request body must be a JSON object");
    JsonBody result;
    result.object = json::wholeValue(body);
    result.members = json::membersOf(body, result.object, root);
    result.document = *std::move(document);
    return result;
}

Result<void> checkUnique(const std::vector<json::Member> &members, std::span<const QByteArrayView> names)
{
    for (const QByteArrayView name : names) {
        const auto hasName = [name](const json::Member &member) { return QByteArrayView(member.key) == name; };
        if (std::ranges::count_if(members, hasName) > 1) {
            const QByteArray key = name.toByteArray();
            return refusedBody("duplicate_key", '\'' + key + "' is there twice", key);
        }
    }
    return {};
}

std::unexpected<Error> refusedBody(QByteArray reason, QByteArray message, QByteArray param)
{
    return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                 .reason = std::move(reason),
                                 .message = std::move(message),
                                 .param = std::move(param)});
}

} // namespace lunargate
