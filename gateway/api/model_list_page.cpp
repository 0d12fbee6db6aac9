// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/model_list_page.h"

#include "gateway/api/query_parameters.h"

#include <algorithm>

namespace lunargate {

namespace {

constexpr qsizetype kMostModels = 1000;

std::unexpected<Error> wrong(const QByteArray &name, const QByteArray &what)
{
    return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                 .reason = "invalid_parameter",
                                 .message = "'" + name + "' " + what,
                                 .param = name});
}

Result<size_t> readLimit(const std::optional<QByteArray> &text, size_t otherwise)
{
    if (!text)
        return otherwise;
    bool isNumber = false;
    const qlonglong limit = text->toLongLong(&isNumber);
    if (!isNumber || limit < 1 || limit > kMostModels)
        return wrong("limit", "must be a whole number from 1 to " + QByteArray::number(kMostModels));
    return static_cast<size_t>(limit);
}

Result<size_t> positionOf(std::span<const ModelEntry> models, const QByteArray &id, const char *name)
{
    const auto found = std::ranges::find(models, id, &ModelEntry::id);
    if (found == models.end())
        return wrong(name, "names no model of the list: '" + id + "'");
    return static_cast<size_t>(found - models.begin());
}

} // namespace

Result<ModelListPage> pageOf(std::span<const ModelEntry> models, const QByteArray &target)
{
    const QueryParameters query = QueryParameters::pick(target, {"limit", "after_id", "before_id"});
    const Result<size_t> limit = readLimit(query.value("limit"), models.size());
    if (!limit)
        return std::unexpected(limit.error());
    const std::optional<QByteArray> after = query.value("after_id");
    const std::optional<QByteArray> before = query.value("before_id");
    if (after && before)
        return wrong("before_id", "cannot be together with 'after_id'");
    if (before) {
        const Result<size_t> end = positionOf(models, *before, "before_id");
        if (!end)
            return std::unexpected(end.error());
        const size_t count = std::min(*limit, *end);
        return ModelListPage{.models = models.subspan(*end - count, count), .hasMore = count < *end};
    }
    if (after) {
        const Result<size_t> position = positionOf(models, *after, "after_id");
        if (!position)
            return std::unexpected(position.error());
        models = models.subspan(*position + 1);
    }
    const size_t count = std::min(*limit, models.size());
    return ModelListPage{.models = models.first(count), .hasMore = count < models.size()};
}

} // namespace lunargate
