// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/openai_provider.h"

#include "gateway/providers/openai/answer_reader.h"
#include "gateway/providers/openai/error_reader.h"
#include "gateway/providers/openai/request_writer.h"
#include "gateway/providers/openai/stream_reader.h"

namespace lunargate {

namespace {

constexpr QByteArrayView kOpenAiBaseUrl = "https://api.openai.com/v1";

} // namespace

OpenAiProvider::OpenAiProvider(ProviderConfig config) : Provider(std::move(config))
{
    const ProviderConfig &own = this->config();
    const QByteArray base = own.baseUrl.isEmpty() ? kOpenAiBaseUrl.toByteArray() : own.baseUrl;
    m_chatUrl = QUrl::fromEncoded(base + "/chat/completions");
    m_headers.add("Content-Type", "application/json");
    if (!own.apiKey.isEmpty())
        m_headers.add("Authorization", "Bearer " + own.apiKey.reveal());
    if (!own.organization.isEmpty())
        m_headers.add("OpenAI-Organization", own.organization);
}

Result<UpstreamRequest> OpenAiProvider::chatRequest(const ChatRequest &request, const QByteArray &model) const
{
    UpstreamRequest call;
    call.url = m_chatUrl;
    call.headers = m_headers;
    call.headers.add("Accept", request.stream ? "text/event-stream" : "application/json");
    call.body = openai::writeChatRequest(request, model, config());
    call.connectTimeout = config().connectTimeout;
    call.isStream = request.stream;
    return call;
}

std::expected<ChatAnswer, UpstreamFailure> OpenAiProvider::readChatAnswer(QByteArray body) const
{
    return openai::readChatAnswer(std::move(body), config().apiKey);
}

std::unique_ptr<ChatStreamReader> OpenAiProvider::chatStreamReader() const
{
    return std::make_unique<openai::StreamReader>(config().apiKey);
}

UpstreamFailure OpenAiProvider::readError(const UpstreamHead &head, QByteArrayView body) const
{
    return openai::readError(head, body, config().apiKey);
}

} // namespace lunargate
