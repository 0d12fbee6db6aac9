// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/openai_provider.h"

#include "gateway/providers/openai/answer_reader.h"
#include "gateway/providers/openai/embeddings_answer.h"
#include "gateway/providers/openai/error_reader.h"
#include "gateway/providers/openai/models_reader.h"
#include "gateway/providers/openai/passthrough_call.h"
#include "gateway/providers/openai/request_writer.h"
#include "gateway/providers/openai/stream_reader.h"
#include "gateway/providers/openai/translated_request.h"
#include "gateway/providers/service_request.h"

#include <algorithm>
#include <iterator>

namespace lunargate {

namespace {

Result<openai::WrittenRequest> writeChat(const ChatRequest &request, const QByteArray &model,
                                         const ProviderConfig &provider)
{
    if (!request.native)
        return openai::writeChatRequest(request, model, provider);
    Result<openai::TranslatedRequest> fitted = openai::fitTranslated(request, model, provider);
    if (!fitted)
        return std::unexpected(std::move(fitted.error()));
    Result<openai::WrittenRequest> written = openai::writeChatRequest(fitted->request, model, provider);
    if (written)
        std::ranges::move(fitted->dropped, std::back_inserter(written->droppedParams));
    return written;
}

/// A chat call whose answer is the client's own dialect, or is read for clients of another one.
class ChatCall : public ProviderCall
{
public:
    ChatCall(const SecretString &key, openai::AnswerForm form) : m_key(key), m_form(form) {}

    std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body) override
    {
        return openai::readChatAnswer(std::move(body), m_key, m_form);
    }
    std::unique_ptr<ChatStreamReader> streamReader() override
    {
        return std::make_unique<openai::StreamReader>(m_key, m_form);
    }

private:
    const SecretString &m_key; // the provider's
    const openai::AnswerForm m_form;
};

/// A call for embeddings, likewise.
class EmbeddingsCall : public ProviderCall
{
public:
    EmbeddingsCall(const SecretString &key, bool wantsBase64) : m_key(key), m_wantsBase64(wantsBase64) {}

    std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body) override
    {
        return openai::readEmbeddingsAnswer(std::move(body), m_wantsBase64, m_key);
    }

private:
    const SecretString &m_key;
    bool m_wantsBase64;
};

} // namespace

OpenAiProvider::OpenAiProvider(ProviderConfig config) : Provider(std::move(config))
{
    const ProviderConfig &own = this->config();
    m_chatUrl = serviceUrl(own, "/chat/completions");
    m_embeddingsUrl = serviceUrl(own, "/embeddings");
    HeaderList ofProtocol;
    if (!own.organization.isEmpty())
        ofProtocol.add("OpenAI-Organization", own.organization);
    m_headers = serviceHeaders(own, std::move(ofProtocol));
}

PreparedCall OpenAiProvider::chatCall(const ChatRequest &request, const QByteArray &model) const
{
    if (request.untranslatable)
        return std::unexpected(*request.untranslatable);
    Result<openai::WrittenRequest> written = writeChat(request, model, config());
    if (!written)
        return std::unexpected(std::move(written.error()));
    using openai::AnswerForm;
    auto call = std::make_unique<ChatCall>(config().apiKey, request.native ? AnswerForm::Canonical : AnswerForm::Bytes);
    call->droppedParams = std::move(written->droppedParams);
    call->request = servicePost(config(), m_chatUrl, m_headers, std::move(written->body),
                                request.stream ? kEventStreamAnswer : kJsonAnswer);
    call->request.isStream = request.stream;
    return call;
}

PreparedCall OpenAiProvider::embeddingsCall(const EmbeddingsRequest &request, const QByteArray &model) const
{
    if (!config().capabilities.embeddings)
        return Provider::embeddingsCall(request, model);
    Result<openai::WrittenRequest> written = openai::writeEmbeddingsRequest(request, model, config());
    if (!written)
        return std::unexpected(std::move(written.error()));
    auto call = std::make_unique<EmbeddingsCall>(config().apiKey, request.isBase64);
    call->droppedParams = std::move(written->droppedParams);
    call->request = servicePost(config(), m_embeddingsUrl, m_headers, std::move(written->body), kJsonAnswer);
    return call;
}

PreparedCall OpenAiProvider::passthroughCall(const PassthroughRequest &request, const QByteArray &model) const
{
    HeaderList headers = m_headers;
    for (const HeaderList::Field &field : request.headers)
        headers.setDefault(field.name, field.value);
    if (!request.contentType.isEmpty())
        headers.set("Content-Type", request.contentType); // a form's boundary stands in it
    auto call = std::make_unique<openai::PassthroughCall>(config().apiKey, request.isCompletionStream);
    call->request = {.method = request.method,
                     .url = serviceUrl(config(), request.target),
                     .headers = std::move(headers),
                     .body = request.bodyFor(model),
                     .rest = request.rest,
                     .connectTimeout = config().connectTimeout,
                     .mayResend = request.mayResend,
                     .isStream = true};
    return call;
}

UpstreamFailure OpenAiProvider::readError(const UpstreamHead &head, QByteArrayView body) const
{
    return openai::readError(head, body, config().apiKey);
}

std::optional<UpstreamRequest> OpenAiProvider::modelsRequest(const QByteArray &) const
{
    // One of Azure's classic deployments is one model.
    if (!config().capabilities.models || config().baseUrl.contains("/openai/deployments/"))
        return std::nullopt;
    return serviceGet(config(), serviceUrl(config(), "/models"), m_headers);
}

Result<ModelPage> OpenAiProvider::readModels(const QByteArray &body) const
{
    return openai::readModelList(body);
}

} // namespace lunargate
