// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/openai_provider.h"

#include "gateway/providers/openai/answer_reader.h"
#include "gateway/providers/openai/error_reader.h"
#include "gateway/providers/openai/request_writer.h"
#include "gateway/providers/openai/stream_reader.h"

namespace lunargate {

namespace {

constexpr QByteArrayView kOpenAiBaseUrl = "https://api.openai.com/v1";

/// A chat call whose answer is the client's own dialect.
class ChatCall : public ProviderCall
{
public:
    explicit ChatCall(const SecretString &key) : m_key(key) {}

    std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body) override
    {
        return openai::readChatAnswer(std::move(body), m_key);
    }
    std::unique_ptr<ChatStreamReader> streamReader() override { return std::make_unique<openai::StreamReader>(m_key); }

private:
    const SecretString &m_key; // the provider's
};

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

PreparedCall OpenAiProvider::chatCall(const ChatRequest &request, const QByteArray &model) const
{
    auto call = std::make_unique<ChatCall>(config().apiKey);
    call->request.url = m_chatUrl;
    call->request.headers = m_headers;
    call->request.headers.add("Accept", request.stream ? "text/event-stream" : "application/json");
    call->request.body = openai::writeChatRequest(request, model, config());
    call->request.connectTimeout = config().connectTimeout;
    call->request.isStream = request.stream;
    return call;
}

UpstreamFailure OpenAiProvider::readError(const UpstreamHead &head, QByteArrayView body) const
{
    return openai::readError(head, body, config().apiKey);
}

} // namespace lunargate
