// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/gemini_provider.h"

#include "gateway/chat/embeddings_body.h"
#include "gateway/chat/message_fields.h"
#include "gateway/chat/reasoning_detail.h"
#include "gateway/providers/gemini/answer_reader.h"
#include "gateway/providers/gemini/embeddings.h"
#include "gateway/providers/gemini/error_reader.h"
#include "gateway/providers/gemini/model_family.h"
#include "gateway/providers/gemini/models_reader.h"
#include "gateway/providers/gemini/request_writer.h"
#include "gateway/providers/gemini/stream_reader.h"
#include "gateway/providers/service_request.h"

namespace lunargate {

namespace {

class ChatCall : public ProviderCall
{
public:
    ChatCall(const gemini::WrittenRequest &written, const SecretString &key)
        : m_names(written.names), m_isGrounded(written.isGrounded), m_key(key)
    {
    }

    std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body) override
    {
        return gemini::readAnswer(body, gemini::ResponseReader(m_names, m_isGrounded), m_key);
    }
    std::unique_ptr<ChatStreamReader> streamReader() override
    {
        return std::make_unique<gemini::StreamReader>(gemini::ResponseReader(m_names, m_isGrounded), m_key);
    }

private:
    std::shared_ptr<const ToolNames> m_names; // shared with the stream's reader, which outlives the call
    bool m_isGrounded;
    const SecretString &m_key; // the provider's
};

class EmbeddingsCall : public ProviderCall
{
public:
    explicit EmbeddingsCall(const EmbeddingsRequest &asked) : m_count(asked.texts.size())
    {
        m_asked.model = asked.model;
        m_asked.isBase64 = asked.isBase64;
    }

    std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body) override
    {
        const Result<Embeddings> embeddings = gemini::readEmbeddings(body, m_count);
        if (!embeddings)
            return std::unexpected(UpstreamFailure{.error = embeddings.error(), .fromProvider = true});
        ModelAnswer answer{.body = embeddingsBody(*embeddings, m_asked)};
        if (embeddings->promptTokens)
            answer.usage = Usage{.input = *embeddings->promptTokens};
        return answer;
    }

private:
    size_t m_count;
    EmbeddingsRequest m_asked; // of it only what the answer's form depends on
};

} // namespace

// The key goes into a header: URLs end up in logs.
GeminiProvider::GeminiProvider(ProviderConfig config)
    : Provider(std::move(config)), m_headers(serviceHeaders(this->config()))
{
}

PreparedCall GeminiProvider::chatCall(const ChatRequest &request, const QByteArray &model) const
{
    if (!request.conversation)
        return std::unexpected(request.conversation.error());
    const Result<QByteArray> name = modelFor(model);
    if (!name)
        return std::unexpected(name.error());
    Result<gemini::WrittenRequest> written = gemini::writeRequest(*request.conversation, *name, config());
    if (!written)
        return std::unexpected(std::move(written.error()));
    auto call = std::make_unique<ChatCall>(*written, config().apiKey);
    const char *const method = request.stream ? ":streamGenerateContent?alt=sse" : ":generateContent";
    call->request = servicePost(config(), serviceUrl(config(), '/' + gemini::modelPath(*name) + method), m_headers,
                                std::move(written->body), request.stream ? kEventStreamAnswer : kJsonAnswer);
    call->request.isStream = request.stream;
    call->droppedParams = std::move(written->dropped);
    addLostFields(call->droppedParams, *request.conversation, {.reasoningFormat = kGeminiReasoning});
    return call;
}

PreparedCall GeminiProvider::embeddingsCall(const EmbeddingsRequest &request, const QByteArray &model) const
{
    const Result<QByteArray> name = modelFor(model);
    if (!name)
        return std::unexpected(name.error());
    Result<gemini::WrittenEmbeddings> written = gemini::writeEmbeddingsRequest(request, *name, config().id);
    if (!written)
        return std::unexpected(std::move(written.error()));
    auto call = std::make_unique<EmbeddingsCall>(request);
    const QByteArray path = '/' + gemini::modelPath(*name) + ":batchEmbedContents";
    call->request = servicePost(config(), serviceUrl(config(), path), m_headers, std::move(written->body), kJsonAnswer);
    call->droppedParams = std::move(written->dropped);
    return call;
}

UpstreamFailure GeminiProvider::readError(const UpstreamHead &head, QByteArrayView body) const
{
    return gemini::readError(head, body, config().apiKey);
}

std::optional<UpstreamRequest> GeminiProvider::modelsRequest(const QByteArray &page) const
{
    return serviceGet(config(), serviceUrl(config(), gemini::modelsPath(page)), m_headers);
}

Result<ModelPage> GeminiProvider::readModels(const QByteArray &body) const
{
    return gemini::readModels(body);
}

// The model is part of the path, so there has to be one.
Result<QByteArray> GeminiProvider::modelFor(const QByteArray &model) const
{
    const QByteArray &name = model.isEmpty() ? config().defaultModel : model;
    if (!name.isEmpty())
        return name;
    return std::unexpected(
        Error{.kind = ErrorKind::InvalidRequest,
              .reason = "model_required",
              .message = "provider '" + config().id + "' needs a model; name one, or set its default_model",
              .param = "model"});
}

} // namespace lunargate
