// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/json_access.h"

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

} // namespace lunargate::simulator
