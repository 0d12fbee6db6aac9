// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/anthropic_provider.h"

#include "gateway/chat/message_fields.h"
#include "gateway/chat/reasoning_detail.h"
#include "gateway/providers/anthropic/answer_reader.h"
#include "gateway/providers/anthropic/error_reader.h"
#include "gateway/providers/anthropic/models_reader.h"
#include "gateway/providers/anthropic/native_call.h"
#include "gateway/providers/anthropic/native_request_writer.h"
#include "gateway/providers/anthropic/request_writer.h"
#include "gateway/providers/anthropic/stream_reader.h"
#include "gateway/providers/service_request.h"

namespace lunargate {

namespace {

constexpr char kVersion[] = "2023-06-01";
// The most that a page of the model list can have.
constexpr QByteArrayView kModelsQuery = "/models?limit=1000";

bool isNative(const ChatRequest &request)
{
    return request.native && request.native->protocol == ChatProtocol::AnthropicMessages;
}

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
    m_messagesUrl = serviceUrl(own, m_version + "/messages");
    m_headers = serviceHeaders(own, {{"anthropic-version", version()}});
}

QByteArray AnthropicProvider::version() const
{
    return config().apiVersion.isEmpty() ? kVersion : config().apiVersion;
}

UpstreamRequest AnthropicProvider::nativePost(const NativeRequest &request, QByteArrayView path, QByteArray body,
                                              QByteArrayView accepted) const
{
    HeaderList headers = request.headers;
    headers.setDefault("anthropic-version", version());
    QByteArray address = m_version + path.toByteArray();
    if (!request.query.isEmpty())
        address += '?' + request.query;
    return servicePost(config(), serviceUrl(config(), address), serviceHeaders(config(), std::move(headers)),
                       std::move(body), accepted);
}

PreparedCall AnthropicProvider::nativeCall(const ChatRequest &request, const QByteArray &model) const
{
    anthropic::NativeBody written = anthropic::writeNativeRequest(*request.native, model, config());
    auto call = std::make_unique<anthropic::NativeCall>(config().apiKey);
    call->request = nativePost(*request.native, "/messages", std::move(written.body),
                               request.stream ? kEventStreamAnswer : kJsonAnswer);
    call->request.isStream = request.stream;
    call->droppedParams = std::move(written.droppedParams);
    call->isNative = true;
    return call;
}

std::optional<PreparedCall> AnthropicProvider::tokenCountCall(const ChatRequest &request, const QByteArray &model) const
{
    if (!isNative(request))
        return std::nullopt;
    anthropic::NativeBody written = anthropic::writeNativeCount(*request.native, modelOr(model));
    auto call = std::make_unique<anthropic::TokenCountCall>(config().apiKey);
    call->request = nativePost(*request.native, "/messages/count_tokens", std::move(written.body), kJsonAnswer);
    call->isNative = true;
    return call;
}

PreparedCall AnthropicProvider::chatCall(const ChatRequest &request, const QByteArray &model) const
{
    if (isNative(request))
        return nativeCall(request, modelOr(model));
    if (!request.conversation)
        return std::unexpected(request.conversation.error());
    Result<anthropic::WrittenRequest> written =
        anthropic::writeRequest(*request.conversation, modelOr(model), request.stream, config());
    if (!written)
        return std::unexpected(std::move(written.error()));
    auto call = std::make_unique<ChatCall>(std::move(written->toolNames), config().apiKey);
    call->request = servicePost(config(), m_messagesUrl, m_headers, std::move(written->body),
                                request.stream ? kEventStreamAnswer : kJsonAnswer);
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
    const QByteArray after = page.isEmpty() ? QByteArray() : "&after_id=" + page.toPercentEncoding();
    return serviceGet(config(), serviceUrl(config(), m_version + kModelsQuery.toByteArray() + after), m_headers);
}

Result<ModelPage> AnthropicProvider::readModels(const QByteArray &body) const
{
    return anthropic::readModels(body);
}

} // namespace lunargate
