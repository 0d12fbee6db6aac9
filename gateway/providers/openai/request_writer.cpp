// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/request_writer.h"

#include "gateway/json/splice.h"
#include "gateway/json/writer.h"

namespace lunargate::openai {

namespace {

bool isNull(const ChatRequest &request, const json::Member *member)
{
    return !member || member->value.of(request.body) == "null";
}

void setDefault(json::Splice &splice, const ChatRequest &request, QByteArrayView key, std::optional<double> value)
{
    if (value && isNull(request, json::find(request.members, key)))
        splice.set(request.object, request.members, key, json::number(*value));
}

// So that the gateway knows what every stream used; the extra chunk is taken out again for clients that did not ask.
void askForUsage(json::Splice &splice, const ChatRequest &request)
{
    const json::Member *options = json::find(request.members, "stream_options");
    if (isNull(request, options)) {
        splice.set(request.object, request.members, "stream_options", R"({"include_usage":true})");
        return;
    }
    splice.set(options->value, json::membersOf(request.body, options->value), "include_usage", "true");
}

// Providers that know no `developer` role get its older name (DeepSeek API reference: system, user, assistant, tool).
bool knowsDeveloperRole(const ProviderConfig &provider)
{
    return provider.compatibilityProfile != "deepseek" && !provider.normalizeDeveloperRole;
}

bool isDeveloper(QByteArrayView role)
{
    return role.size() > 2 && role.startsWith('"') &&
           role.sliced(1, role.size() - 2).trimmed().compare("developer", Qt::CaseInsensitive) == 0;
}

void renameDeveloperRole(json::Splice &splice, const ChatRequest &request)
{
    const json::Member *messages = json::find(request.members, "messages");
    if (!messages)
        return;
    for (const json::Range &message : json::elementsOf(request.body, messages->value)) {
        for (const json::Member &member : json::membersOf(request.body, message)) {
            if (member.key == "role" && isDeveloper(member.value.of(request.body)))
                splice.replace(member.value, R"("system")");
        }
    }
}

} // namespace

QByteArray writeChatRequest(const ChatRequest &request, const QByteArray &model, const ProviderConfig &provider)
{
    json::Splice splice(request.body);
    if (!model.isEmpty() && model != request.model)
        splice.set(request.object, request.members, "model", json::quoted(model));
    setDefault(splice, request, "temperature", provider.temperature);
    setDefault(splice, request, "top_p", provider.topP);
    if (request.stream && !request.includeUsage)
        askForUsage(splice, request);
    if (!knowsDeveloperRole(provider))
        renameDeveloperRole(splice, request);
    return splice.result();
}

QByteArray writeEmbeddingsRequest(const EmbeddingsRequest &request, const QByteArray &model)
{
    json::Splice splice(request.body);
    if (!model.isEmpty() && model != request.model)
        splice.set(request.object, request.members, "model", json::quoted(model));
    return splice.result();
}

} // namespace lunargate::openai
