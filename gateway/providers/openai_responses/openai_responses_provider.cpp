// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai_responses/openai_responses_provider.h"

#include "gateway/chat/message_fields.h"
#include "gateway/chat/reasoning_detail.h"
#include "gateway/providers/native_stream.h"
#include "gateway/providers/openai_responses/answer_reader.h"
#include "gateway/providers/openai_responses/native_request.h"
#include "gateway/providers/openai_responses/parallel_calls.h"
#include "gateway/providers/openai_responses/request_writer.h"
#include "gateway/providers/openai_responses/stream_reader.h"
#include "gateway/providers/openai_responses/thought_id.h"
#include "gateway/providers/service_request.h"

#include <algorithm>

namespace lunargate {

namespace {

class ResponsesCall : public ProviderCall
{
public:
    ResponsesCall(const Conversation &conversation, const ProviderConfig &config, openai::AnswerForm form)
        : m_key(config.apiKey),
          m_form(form),
          m_settings{.unwrapsParallel = std::ranges::none_of(
                         conversation.tools,
                         [](const ToolDefinition &tool) { return openai_responses::isParallelWrapper(tool.name); }),
                     .origin = openai_responses::thoughtOrigin(config)}
    {
    }

    std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body) override
    {
        return openai_responses::readAnswer(std::move(body), m_settings, m_key, m_form);
    }
    std::unique_ptr<ChatStreamReader> streamReader() override
    {
        return std::make_unique<openai_responses::StreamReader>(m_settings, m_key);
    }

private:
    const SecretString &m_key; // the provider's
    openai::AnswerForm m_form;
    openai_responses::OutputSettings m_settings;
};

/// A call of a client that speaks the protocol itself.
class NativeCall : public ProviderCall
{
public:
    NativeCall(const ProviderConfig &config, bool isBackground)
        : m_key(config.apiKey),
          m_settings{.origin = openai_responses::thoughtOrigin(config), .isBackground = isBackground}
    {
        isNative = true;
    }

    std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body) override
    {
        return openai_responses::readNativeAnswer(std::move(body), m_settings, m_key);
    }
    std::unique_ptr<ChatStreamReader> streamReader() override
    {
        return std::make_unique<NativeStream<openai_responses::StreamReader>>(m_settings, m_key);
    }

private:
    const SecretString &m_key; // the provider's
    openai_responses::OutputSettings m_settings;
};

} // namespace

OpenAiResponsesProvider::OpenAiResponsesProvider(ProviderConfig config)
    : OpenAiProvider(std::move(config)), m_responsesUrl(serviceUrl(this->config(), "/responses"))
{
}

PreparedCall OpenAiResponsesProvider::chatCall(const ChatRequest &request, const QByteArray &model) const
{
    if (request.native && request.native->protocol == ChatProtocol::OpenAiResponses)
        return nativeCall(request, model);
    if (!request.conversation)
        return std::unexpected(request.conversation.error());
    Result<openai_responses::WrittenRequest> written =
        openai_responses::writeRequest(*request.conversation, model, request.stream, config());
    if (!written)
        return std::unexpected(std::move(written.error()));
    using openai::AnswerForm;
    auto call = std::make_unique<ResponsesCall>(*request.conversation, config(),
                                                request.native ? AnswerForm::Canonical : AnswerForm::Bytes);
    call->request = servicePost(config(), m_responsesUrl, headers(), std::move(written->body),
                                request.stream ? kEventStreamAnswer : kJsonAnswer);
    call->request.isStream = request.stream;
    call->droppedParams = std::move(written->droppedParams);
    addLostFields(call->droppedParams, *request.conversation,
                  {.imageDetail = true, .reasoningFormat = kResponsesReasoning});
    // Of the same format, but not this provider's own.
    constexpr QByteArrayView kThoughts = "messages.reasoning_details";
    if (written->hasForeignThoughts && !std::ranges::contains(call->droppedParams, kThoughts))
        call->droppedParams.push_back(kThoughts.toByteArray());
    return call;
}

HeaderList OpenAiResponsesProvider::headersWith(const NativeRequest &request) const
{
    HeaderList all = headers();
    for (const HeaderList::Field &field : request.headers)
        all.setDefault(field.name, field.value);
    return all;
}

PreparedCall OpenAiResponsesProvider::nativeCall(const ChatRequest &request, const QByteArray &model) const
{
    Result<openai_responses::WrittenRequest> written =
        openai_responses::writeNativeRequest(*request.native, request.model, model, config());
    if (!written)
        return std::unexpected(std::move(written.error()));
    const bool isBackground = request.native->document.root()["background"].boolean() == true;
    auto call = std::make_unique<NativeCall>(config(), isBackground);
    call->request = servicePost(config(), m_responsesUrl, headersWith(*request.native), std::move(written->body),
                                request.stream ? kEventStreamAnswer : kJsonAnswer);
    call->request.isStream = request.stream;
    call->droppedParams = std::move(written->droppedParams);
    return call;
}

} // namespace lunargate
