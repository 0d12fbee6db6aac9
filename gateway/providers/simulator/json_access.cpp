// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/json_access.h"

#include <cstdlib>
#include <memory>

namespace lunargate::simulator {

std::vector<json::Value> elements(json::Value array)
{
    std::vector<json::Value> result;
    if (!array.isArray())
        return result;
    result.reserve(array.size());
    yyjson_arr_iter iterator = yyjson_arr_iter_with(array.raw());
    while (yyjson_val *element = yyjson_arr_iter_next(&iterator))
        result.emplace_back(element);
    return result;
}

std::vector<std::pair<QByteArrayView, json::Value>> members(json::Value object)
{
    std::vector<std::pair<QByteArrayView, json::Value>> result;
    if (!object.isObject())
        return result;
    result.reserve(object.size());
    yyjson_obj_iter iterator = yyjson_obj_iter_with(object.raw());
    while (yyjson_val *key = yyjson_obj_iter_next(&iterator))
        result.emplace_back(json::Value(key).string(), json::Value(yyjson_obj_iter_get_val(key)));
    return result;
}

QByteArray toText(json::Value value)
{
    if (!value.exists())
        return {};
    size_t length = 0;
    const std::unique_ptr<char, decltype(&std::free)> text(yyjson_val_write(value.raw(), YYJSON_WRITE_NOFLAG, &length),
                                                           &std::free);
    return QByteArray(text.get(), static_cast<qsizetype>(length));
}

} // namespace lunargate::simulator
