// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/provider.h"

namespace lunargate {

PreparedCall Provider::embeddingsCall(const EmbeddingsRequest &, const QByteArray &) const
{
    return std::unexpected(
        Error{.kind = ErrorKind::InvalidRequest,
              .reason = "embeddings_not_supported",
              .message = "provider '" + m_config.id + "' (" + m_config.type +
                         ") has no embeddings; name a provider that has, or route /v1/embeddings to one",
              .param = "model"});
}

PreparedCall Provider::responsesToolCall(QByteArrayView path, const ChatRequest &, const QByteArray &) const
{
    return responsesCall("POST", path, {});
}

PreparedCall Provider::responsesCall(QByteArrayView, QByteArrayView path, QByteArray) const
{
    return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                 .reason = "responses_not_supported",
                                 .message = "provider '" + m_config.id + "' (" + m_config.type + ") has no " +
                                            path.toByteArray() + "; name a provider that has"});
}

std::optional<PreparedCall> Provider::tokenCountCall(const ChatRequest &, const QByteArray &) const
{
    return std::nullopt;
}

PreparedCall Provider::passthroughCall(const PassthroughRequest &request, const QByteArray &) const
{
    return std::unexpected(
        Error{.kind = ErrorKind::InvalidRequest,
              .reason = "endpoint_not_supported",
              .message = "provider '" + m_config.id + "' (" + m_config.type + ") has no /v1" + request.endpoint +
                         ": only providers that speak OpenAI's protocol have; name one with X-LunarGate-Provider, or "
                         "route this path to one"});
}

std::optional<UpstreamRequest> Provider::modelsRequest(const QByteArray &) const
{
    return std::nullopt;
}

Result<ModelPage> Provider::readModels(const QByteArray &) const
{
    return std::unexpected(Error{.kind = ErrorKind::UpstreamProtocol,
                                 .reason = "models_not_supported",
                                 .message = "provider '" + m_config.id + "' has no model list"});
}

} // namespace lunargate
