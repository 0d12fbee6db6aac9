// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/ollama/ollama_provider.h"

#include "gateway/chat/embeddings_body.h"
#include "gateway/chat/message_fields.h"
#include "gateway/providers/ollama/answer_reader.h"
#include "gateway/providers/ollama/embeddings_reader.h"
#include "gateway/providers/ollama/embeddings_writer.h"
#include "gateway/providers/ollama/error_reader.h"
#include "gateway/providers/ollama/models_reader.h"
#include "gateway/providers/ollama/native_request_writer.h"
#include "gateway/providers/ollama/request_writer.h"
#include "gateway/providers/ollama/stream_reader.h"
#include "gateway/providers/native_stream.h"
#include "gateway/providers/service_request.h"

namespace lunargate {

namespace {

constexpr QByteArrayView kStreamAnswer = "application/x-ndjson";

class ChatCall : public ProviderCall
{
public:
    explicit ChatCall(const SecretString &key) : m_key(key) {}

    std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body) override
    {
        return ollama::readChatAnswer(body, m_key);
    }
    std::unique_ptr<ChatStreamReader> streamReader() override { return std::make_unique<ollama::StreamReader>(m_key); }

private:
    const SecretString &m_key; // the provider's
};

/// A call of a client that speaks the same protocol: both bodies pass as they are.
class NativeCall : public ProviderCall
{
public:
    explicit NativeCall(const SecretString &key) : m_key(key) {}

    std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body) override
    {
        auto answer = ollama::readChatAnswer(body, m_key);
        if (answer)
            answer->body = std::move(body);
        return answer;
    }
    std::unique_ptr<ChatStreamReader> streamReader() override
    {
        return std::make_unique<NativeLineStream<ollama::StreamReader>>(m_key);
    }

private:
    const SecretString &m_key; // the provider's
};

class EmbeddingsCall : public ProviderCall
{
public:
    EmbeddingsCall(const EmbeddingsRequest &asked, const SecretString &key) : m_count(asked.texts.size()), m_key(key)
    {
        m_form.model = asked.model;
        m_form.isBase64 = asked.isBase64;
    }

    std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body) override
    {
        const auto embeddings = ollama::readEmbeddings(body, m_count, m_key);
        if (!embeddings)
            return std::unexpected(embeddings.error());
        ModelAnswer answer{.body = embeddingsBody(*embeddings, m_form)};
        if (embeddings->promptTokens)
            answer.usage = Usage{.input = *embeddings->promptTokens};
        return answer;
    }

private:
    EmbeddingsRequest m_form; // of the client's request, what the answer's form depends on
    size_t m_count;
    const SecretString &m_key; // the provider's
};

} // namespace

OllamaProvider::OllamaProvider(ProviderConfig config)
    : Provider(std::move(config)),
      m_chatUrl(serviceUrl(this->config(), "/api/chat")),
      m_generateUrl(serviceUrl(this->config(), "/api/generate")),
      m_embeddingsUrl(serviceUrl(this->config(), "/api/embed")),
      m_headers(serviceHeaders(this->config()))
{
}

PreparedCall OllamaProvider::chatCall(const ChatRequest &request, const QByteArray &model) const
{
    const QByteArray &asked = model.isEmpty() ? config().defaultModel : model;
    if (request.native && request.native->protocol == ChatProtocol::Ollama)
        return nativeCall(*request.native, asked, request.stream);
    if (!request.conversation)
        return std::unexpected(request.conversation.error());
    Result<ollama::WrittenRequest> written =
        ollama::writeChatRequest(*request.conversation, asked, request.stream, config());
    if (!written)
        return std::unexpected(std::move(written.error()));
    auto call = std::make_unique<ChatCall>(config().apiKey);
    call->request = servicePost(config(), m_chatUrl, m_headers, std::move(written->body),
                                request.stream ? kStreamAnswer : kJsonAnswer);
    call->request.isStream = request.stream;
    call->droppedParams = std::move(written->droppedParams);
    addLostFields(call->droppedParams, *request.conversation, {});
    return call;
}

PreparedCall OllamaProvider::nativeCall(const NativeRequest &request, const QByteArray &model, bool isStream) const
{
    auto call = std::make_unique<NativeCall>(config().apiKey);
    call->request =
        servicePost(config(), request.path == "/api/generate" ? m_generateUrl : m_chatUrl, m_headers,
                    ollama::writeNativeRequest(request, model, config()), isStream ? kStreamAnswer : kJsonAnswer);
    call->request.isStream = isStream;
    call->isNative = true;
    return call;
}

PreparedCall OllamaProvider::embeddingsCall(const EmbeddingsRequest &request, const QByteArray &model) const
{
    Result<ollama::WrittenRequest> written =
        ollama::writeEmbeddingsRequest(request, model.isEmpty() ? request.model : model, config());
    if (!written)
        return std::unexpected(std::move(written.error()));
    auto call = std::make_unique<EmbeddingsCall>(request, config().apiKey);
    call->request = servicePost(config(), m_embeddingsUrl, m_headers, std::move(written->body), kJsonAnswer);
    call->droppedParams = std::move(written->droppedParams);
    return call;
}

UpstreamFailure OllamaProvider::readError(const UpstreamHead &head, QByteArrayView body) const
{
    return ollama::readError(head, body, config().apiKey);
}

std::optional<UpstreamRequest> OllamaProvider::modelsRequest(const QByteArray &) const
{
    return serviceGet(config(), serviceUrl(config(), "/api/tags"), m_headers);
}

Result<ModelPage> OllamaProvider::readModels(const QByteArray &body) const
{
    return ollama::readModels(body);
}

} // namespace lunargate
