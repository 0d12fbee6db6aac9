// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/anthropic_provider.h"

#include "gateway/chat/message_fields.h"
#include "gateway/chat/reasoning_detail.h"
#include "gateway/providers/anthropic/answer_reader.h"
#include "gateway/providers/anthropic/error_reader.h"
#include "gateway/providers/anthropic/models_reader.h"
#include "gateway/providers/anthropic/request_writer.h"
#include "gateway/providers/anthropic/stream_reader.h"
#include "gateway/providers/service_request.h"

namespace lunargate {

namespace {

constexpr QByteArrayView kVersion = "2023-06-01";
// The most that a page of the model list can have.
constexpr QByteArrayView kModelsQuery = "/models?limit=1000";

class ChatCall : public ProviderCall
{
public:
    ChatCall(ToolNames names, const SecretString &key) : m_names(std::move(names)), m_key(key) {}

    std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body) override
    {
        return anthropic::readAnswer(body, m_names, m_key);
    }
    std::unique_ptr<ChatStreamReader> streamReader() override
    {
        return std::make_unique<anthropic::StreamReader>(m_names, m_key);
    }

private:
    ToolNames m_names;
    const SecretString &m_key; // the provider's
};

} // namespace

AnthropicProvider::AnthropicProvider(ProviderConfig config) : Provider(std::move(config))
{
    const ProviderConfig &own = this->config();
    m_version = own.baseUrl.endsWith("/v1") ? "" : "/v1";
    m_headers = serviceHeaders(own);
    m_headers.add("anthropic-version", own.apiVersion.isEmpty() ? kVersion.toByteArray() : own.apiVersion);
}

PreparedCall AnthropicProvider::chatCall(const ChatRequest &request, const QByteArray &model) const
{
    if (!request.conversation)
        return std::unexpected(request.conversation.error());
    Result<anthropic::WrittenRequest> written = anthropic::writeRequest(
        *request.conversation, model.isEmpty() ? config().defaultModel : model, request.stream, config());
    if (!written)
        return std::unexpected(std::move(written.error()));
    auto call = std::make_unique<ChatCall>(std::move(written->toolNames), config().apiKey);
    call->request.url = serviceUrl(config(), m_version + "/messages");
    call->request.headers = m_headers;
    call->request.headers.add("Content-Type", "application/json");
    call->request.headers.add("Accept", request.stream ? "text/event-stream" : "application/json");
    call->request.body = std::move(written->body);
    call->request.connectTimeout = config().connectTimeout;
    call->request.isStream = request.stream;
    call->droppedParams = std::move(written->droppedParams);
    addLostFields(call->droppedParams, *request.conversation,
                  {.cacheControl = true, .reasoningFormat = kAnthropicReasoning});
    return call;
}

UpstreamFailure AnthropicProvider::readError(const UpstreamHead &head, QByteArrayView body) const
{
    return anthropic::readError(head, body, config().apiKey);
}

std::optional<UpstreamRequest> AnthropicProvider::modelsRequest(const QByteArray &page) const
{
    UpstreamRequest request{.method = "GET", .url = {}, .headers = m_headers, .body = {}};
    const QByteArray after = page.isEmpty() ? QByteArray() : "&after_id=" + page.toPercentEncoding();
    request.url = serviceUrl(config(), m_version + kModelsQuery.toByteArray() + after);
    request.headers.add("Accept", "application/json");
    request.connectTimeout = config().connectTimeout;
    return request;
}

Result<ModelPage> AnthropicProvider::readModels(const QByteArray &body) const
{
    return anthropic::readModels(body);
}

} // namespace lunargate
