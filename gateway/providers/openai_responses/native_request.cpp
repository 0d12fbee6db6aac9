// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai_responses/native_request.h"

#include "gateway/chat/parameter_use.h"
#include "gateway/json/splice.h"
#include "gateway/json/writer.h"
#include "gateway/providers/openai/quirk_splices.h"
#include "gateway/providers/openai_responses/call_id.h"

#include <algorithm>

namespace lunargate::openai_responses {

namespace {

class NativeEdit
{
public:
    NativeEdit(const NativeRequest &request, const ProviderConfig &provider)
        : m_request(request),
          m_provider(provider),
          m_isContinued(request.continuation && request.continuation->providerId == provider.id),
          m_body(m_isContinued ? request.continuation->body : request.body),
          m_object(m_isContinued ? request.continuation->object : request.object),
          m_members(m_isContinued ? request.continuation->members : request.members),
          m_splice(m_body)
    {
    }

    void set(QByteArrayView name, const QByteArray &json) { m_splice.set(m_object, m_members, name, json); }

    void setDefault(QByteArrayView name, const std::optional<QByteArray> &json)
    {
        const json::Member *member = json::find(m_members, name);
        const bool isSet = member && member->value.of(m_body) != "null";
        if (json && !isSet && !isRefused(name))
            set(name, *json);
    }

    void shortenCallIds()
    {
        const json::Member *input = json::find(m_members, "input");
        if (!input || !hasLongCallIds())
            return;
        for (const json::Range &item : json::elementsOf(m_body, input->value)) {
            if (!item.of(m_body).startsWith('{'))
                continue;
            const std::vector<json::Member> members = json::membersOf(m_body, item);
            const json::Member *member = json::find(members, "call_id");
            if (!member)
                continue;
            const std::optional<json::Document> read = json::Document::parse(item.of(m_body).toByteArray());
            const QByteArray id = read ? read->root()["call_id"].toByteArray() : QByteArray();
            if (sentCallId(id) != id)
                m_splice.replace(member->value, json::quoted(sentCallId(id)));
        }
    }

    /// Takes out what the service refuses.
    Result<std::vector<QByteArray>> removeRefused()
    {
        std::vector<QByteArray> dropped;
        for (const QByteArray &name : m_provider.quirks.refused) {
            if (!json::find(m_members, name))
                continue;
            const Result<bool> loss = isLoss(name, m_request.document.root()[name], m_provider.id);
            if (!loss)
                return std::unexpected(loss.error());
            if (*loss)
                dropped.push_back(name);
        }
        const auto refused = [this](const json::Member &member) { return isRefused(member.key); };
        if (std::ranges::any_of(m_members, refused))
            m_splice.remove(m_members, refused);
        return dropped;
    }

    QByteArray result() const { return m_splice.result(); }

private:
    bool hasLongCallIds() const
    {
        for (const json::Value item : m_request.document.root()["input"].elements()) {
            if (const QByteArray id = item["call_id"].toByteArray(); sentCallId(id) != id)
                return true;
        }
        return false;
    }

    bool isRefused(QByteArrayView name) const { return std::ranges::contains(m_provider.quirks.refused, name); }

    const NativeRequest &m_request;
    const ProviderConfig &m_provider;
    const bool m_isContinued;
    const QByteArray &m_body;
    const json::Range m_object;
    const std::vector<json::Member> &m_members;
    json::Splice m_splice;
};

std::optional<QByteArray> text(std::optional<double> value)
{
    return value ? std::optional(json::number(*value)) : std::nullopt;
}

std::optional<QByteArray> text(std::optional<int> value)
{
    return value ? std::optional(QByteArray::number(*value)) : std::nullopt;
}

void setDefaults(NativeEdit &edit, const QByteArray &model, const ProviderConfig &provider)
{
    if (!openai::isReasoningModel(model)) {
        edit.setDefault("temperature", text(provider.temperature));
        edit.setDefault("top_p", text(provider.topP));
    }
    edit.setDefault("max_output_tokens", text(provider.maxTokens));
}

} // namespace

Result<WrittenRequest> writeNativeRequest(const NativeRequest &request, const QByteArray &modelAsked,
                                          const QByteArray &model, const ProviderConfig &provider, OwnDefaults defaults)
{
    NativeEdit edit(request, provider);
    if (!model.isEmpty() && model != modelAsked)
        edit.set("model", json::quoted(model));
    if (defaults == OwnDefaults::Set)
        setDefaults(edit, model.isEmpty() ? modelAsked : model, provider);
    edit.shortenCallIds();
    Result<std::vector<QByteArray>> dropped = edit.removeRefused();
    if (!dropped)
        return std::unexpected(std::move(dropped.error()));
    return WrittenRequest{.body = edit.result(), .droppedParams = *std::move(dropped)};
}

} // namespace lunargate::openai_responses
