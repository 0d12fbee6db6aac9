// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/ollama/native_request_writer.h"

#include "gateway/json/splice.h"
#include "gateway/json/writer.h"
#include "gateway/providers/ollama/think.h"

namespace lunargate::ollama {

namespace {

struct Option
{
    QByteArrayView name;
    QByteArray json;
};

bool isSet(json::Value value)
{
    return value.exists() && !value.isNull();
}

std::vector<Option> configuredOptions(const ProviderConfig &provider)
{
    std::vector<Option> options;
    if (provider.temperature)
        options.push_back({"temperature", json::number(*provider.temperature)});
    if (provider.topP)
        options.push_back({"top_p", json::number(*provider.topP)});
    if (provider.topK)
        options.push_back({"top_k", QByteArray::number(*provider.topK)});
    if (provider.maxTokens)
        options.push_back({"num_predict", QByteArray::number(*provider.maxTokens)});
    return options;
}

void setOptions(json::Splice &splice, const NativeRequest &request, const ProviderConfig &provider)
{
    std::vector<Option> options = configuredOptions(provider);
    const json::Value given = request.document.root()["options"];
    std::erase_if(options, [given](const Option &option) { return isSet(given[option.name]); });
    if (options.empty())
        return;
    const json::Member *member = json::find(request.members, "options");
    if (!member || !given.isObject()) {
        QByteArray object;
        for (const Option &option : options)
            object += (object.isEmpty() ? "{" : ",") + json::quoted(option.name) + ':' + option.json;
        splice.set(request.object, request.members, "options", object + '}');
        return;
    }
    const std::vector<json::Member> members = json::membersOf(request.body, member->value);
    for (const Option &option : options)
        splice.set(member->value, members, option.name, option.json);
}

} // namespace

QByteArray writeNativeRequest(const NativeRequest &request, const QByteArray &model, const ProviderConfig &provider)
{
    const json::Value root = request.document.root();
    json::Splice splice(request.body);
    if (!model.isEmpty() && root["model"].string() != model)
        splice.set(request.object, request.members, "model", json::quoted(model));
    setOptions(splice, request, provider);
    const QByteArrayView think = configuredThink(provider);
    if (!think.isEmpty() && !isSet(root["think"]))
        splice.set(request.object, request.members, "think", think.toByteArray());
    return splice.result();
}

} // namespace lunargate::ollama
