// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai_responses/parallel_calls.h"

#include "gateway/json/document.h"
#include "gateway/json/writer.h"

namespace lunargate::openai_responses {

bool isParallelWrapper(QByteArrayView name)
{
    return name == "parallel" || name == "multi_tool_use.parallel";
}

// {"tool_uses":[{"recipient_name":"functions.NAME","parameters":{…}}]}
std::vector<WrappedCall> wrappedCalls(QByteArrayView arguments)
{
    constexpr QByteArrayView kNamespace = "functions.";
    std::vector<WrappedCall> calls;
    const std::optional<json::Document> document = json::Document::parse(arguments);
    if (!document)
        return calls;
    for (const json::Value use : document->root()["tool_uses"].elements()) {
        QByteArrayView name = use["recipient_name"].string();
        if (name.startsWith(kNamespace))
            name = name.sliced(kNamespace.size());
        if (name.isEmpty() || !use["parameters"].isObject())
            return {};
        calls.push_back({name.toByteArray(), json::toText(use["parameters"])});
    }
    return calls;
}

} // namespace lunargate::openai_responses
