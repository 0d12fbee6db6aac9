// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/web_citation.h"

#include "gateway/json/text_writer.h"

#include <algorithm>

namespace lunargate::anthropic {

QByteArray webCitation(json::Value citation, qint64 begin, qint64 end)
{
    if (citation["type"].string() != "web_search_result_location" || citation["url"].string().isEmpty())
        return {};
    json::TextWriter json;
    json.beginObject().member("type", "url_citation").key("url_citation").beginObject();
    json.member("start_index", begin).member("end_index", end);
    json.member("title", citation["title"].string()).member("url", citation["url"].string());
    json.endObject().endObject();
    return std::move(json).text();
}

qint64 characterCount(QByteArrayView utf8)
{
    return std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

} // namespace lunargate::anthropic
