// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai_responses/openai_responses_provider.h"
#include "gateway/providers/openai_responses/native_request.h"
#include "gateway/providers/openai_responses/output_reader.h"
#include "gateway/providers/service_request.h"
#include "gateway/providers/upstream_errors.h"

namespace lunargate {

namespace {

/// Gives the answer's own bytes, and what it says of usage.
class PlainCall : public ProviderCall
{
public:
    std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body) override
    {
        const std::optional<json::Document> document = json::Document::parse(body);
        if (!document || !document->root().isObject())
            return invalidAnswer("it is no JSON object");
        const json::Value root = document->root();
        ModelAnswer answer;
        answer.usage = openai_responses::readUsage(root["usage"]);
        answer.model = root["model"].toByteArray();
        answer.id = root["id"].toByteArray();
        answer.body = std::move(body);
        return answer;
    }
};

} // namespace

PreparedCall OpenAiResponsesProvider::responsesCall(QByteArrayView method, QByteArrayView path, QByteArray body) const
{
    auto call = std::make_unique<PlainCall>();
    QUrl url = serviceUrl(config(), path);
    call->request = body.isEmpty() ? serviceGet(config(), std::move(url), headers())
                                   : servicePost(config(), std::move(url), headers(), std::move(body), kJsonAnswer);
    call->request.method = method.toByteArray();
    return call;
}

PreparedCall OpenAiResponsesProvider::responsesToolCall(QByteArrayView path, const ChatRequest &request,
                                                        const QByteArray &model) const
{
    Result<openai_responses::WrittenRequest> written = openai_responses::writeNativeRequest(
        *request.native, request.model, model, config(), openai_responses::OwnDefaults::LeftOut);
    if (!written)
        return std::unexpected(std::move(written.error()));
    auto call = std::make_unique<PlainCall>();
    call->request = servicePost(config(), serviceUrl(config(), path), headersWith(*request.native),
                                std::move(written->body), kJsonAnswer);
    call->droppedParams = std::move(written->droppedParams);
    return call;
}

} // namespace lunargate
