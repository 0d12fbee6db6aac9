// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/request_writer.h"

#include "gateway/chat/parameter_use.h"
#include "gateway/json/writer.h"
#include "gateway/providers/openai/message_splices.h"
#include "gateway/providers/openai/quirk_splices.h"

namespace lunargate::openai {

namespace {

void setDefault(RequestEdit &edit, QByteArrayView key, std::optional<double> value)
{
    if (value && !edit.isSet(key))
        edit.set(key, json::number(*value));
}

// Two older settings say the same as the quirk.
QuirksConfig quirksOf(const ProviderConfig &provider)
{
    QuirksConfig quirks = provider.quirks;
    if (provider.compatibilityProfile == "deepseek" || provider.normalizeDeveloperRole)
        quirks.developerRole = false;
    return quirks;
}

} // namespace

Result<WrittenRequest> writeChatRequest(const ChatRequest &request, const QByteArray &model,
                                        const ProviderConfig &provider)
{
    const QuirksConfig quirks = quirksOf(provider);
    RequestEdit edit(request, quirks);
    if (!model.isEmpty() && model != request.model)
        edit.set("model", json::quoted(model));
    const QByteArray &asked = model.isEmpty() ? request.model : model;
    if (!isReasoningModel(asked)) {
        setDefault(edit, "temperature", provider.temperature);
        setDefault(edit, "top_p", provider.topP);
    }
    if (const Result<void> adapted = adaptParameters(edit, asked, provider.maxTokens, provider.id); !adapted)
        return std::unexpected(adapted.error());
    adaptMessages(edit);
    for (const QByteArray &name : request.foreignMembers) {
        edit.remove(name);
        edit.noteDropped(name);
    }
    if (!edit.removed.empty()) {
        edit.splice.remove(request.members,
                           [&](const json::Member &member) { return std::ranges::contains(edit.removed, member.key); });
    }
    return WrittenRequest{.body = edit.splice.result(), .droppedParams = std::move(edit.dropped)};
}

Result<WrittenRequest> writeEmbeddingsRequest(const EmbeddingsRequest &request, const QByteArray &model,
                                              const ProviderConfig &provider)
{
    json::Splice splice(request.body);
    if (!model.isEmpty() && model != request.model)
        splice.set(request.object, request.members, "model", json::quoted(model));
    WrittenRequest written;
    std::vector<QByteArray> removed;
    for (const QByteArray &name : provider.quirks.refused) {
        if (!json::find(request.members, name))
            continue;
        const Result<bool> loss = isLoss(name, request.document.root()[name], provider.id);
        if (!loss)
            return std::unexpected(loss.error());
        removed.push_back(name);
        if (*loss)
            written.droppedParams.push_back(name);
    }
    for (const QByteArray &name : request.foreignMembers) {
        removed.push_back(name);
        written.droppedParams.push_back(name);
    }
    if (!removed.empty()) {
        splice.remove(request.members,
                      [&](const json::Member &member) { return std::ranges::contains(removed, member.key); });
    }
    written.body = splice.result();
    return written;
}

} // namespace lunargate::openai
