// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/prepare_call.h"

namespace lunargate {

namespace {

// What was read or written in chat's words; all else names the client's own fields.
bool isAboutChatForm(const Provider &provider, const ClientCall &client)
{
    const ChatRequest &request = client.request;
    const bool isNative = request.native && provider.speaks(request.protocol());
    return !client.fieldNames.empty() && !request.untranslatable && !isNative;
}

// In the client's words, as what its own reader left out.
void renameDropped(std::vector<QByteArray> &names, const ClientCall &client)
{
    for (QByteArray &name : names) {
        if (ClientField field = findField(client.fieldNames, name); field.isWhole && !field.name.isEmpty())
            name = std::move(field.name);
    }
}

} // namespace

PreparedCall prepareCall(const Provider &provider, const ClientCall &client, const QByteArray &model)
{
    const ChatRequest &request = client.request;
    PreparedCall call = provider.chatCall(request, model);
    if (!call) {
        Error &error = call.error();
        if (isAboutChatForm(provider, client) && !error.param.isEmpty()) {
            const ClientField field = findField(client.fieldNames, error.param);
            error = renamed(std::move(error), field);
        }
        return call;
    }
    if (!(*call)->isNative) {
        std::vector<QByteArray> &dropped = (*call)->droppedParams;
        renameDropped(dropped, client);
        dropped.insert(dropped.end(), request.unsaid.begin(), request.unsaid.end());
    }
    return call;
}

IsAllowed ableCandidates(const Runtime &runtime, const ChatRequest &request)
{
    if (!request.untranslatable)
        return {};
    return [&runtime, &request](const Candidate &candidate) {
        if (!request.onlyProvider.isEmpty() && candidate.providerId != request.onlyProvider)
            return false;
        const std::shared_ptr<const Provider> provider =
            runtime.providers.find(candidate.providerId, candidate.responsesUpstream, candidate.target);
        return provider && provider->speaks(request.protocol());
    };
}

} // namespace lunargate
