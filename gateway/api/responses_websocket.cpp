// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/responses_websocket.h"

#include "gateway/api/response_state.h"
#include "gateway/api/responses_session.h"
#include "gateway/http/websocket_handshake.h"
#include "gateway/observability/client_details.h"

#include <QUuid>

namespace lunargate::api {

namespace {

Result<QByteArray> accept(const Exchange &exchange)
{
    if (!exchange.canUpgrade)
        return std::unexpected(
            Error{.kind = ErrorKind::UpgradeRequired,
                  .reason = "upgrade_required",
                  .message = "GET on this path is for WebSockets, which need a connection; use POST"});
    return acceptWebSocket(exchange.request);
}

void refuse(RequestContext &context, const Error &error)
{
    if (error.kind == ErrorKind::UpgradeRequired) { // RFC 6455 section 4.4, RFC 9110 section 15.5.22
        context.exchange.response.setHeader("Upgrade", "websocket");
        context.exchange.response.setHeader("Sec-WebSocket-Version", "13");
    }
    context.respondError(error);
}

// The handshake as every message of it is to be understood.
HttpRequest handshakeOf(const HttpRequest &request, const QByteArray &id)
{
    HttpRequest handshake = request;
    handshake.place.reset();
    if (clientDetails(request.headers).session.isEmpty())
        handshake.headers.set("X-LunarGate-SessionID", "wsresp_" + id);
    return handshake;
}

} // namespace

Task<> responsesWebSocket(RequestContext &context, const GatewayStatus &)
{
    Exchange &exchange = context.exchange;
    const Result<QByteArray> accepted = accept(exchange);
    if (!accepted)
        co_return refuse(context, accepted.error());
    const ServerConfig &server = context.runtime->config->server;
    const QByteArray id = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    exchange.session =
        std::make_unique<ResponsesSession>(ResponsesSession::Settings{.handshake = handshakeOf(exchange.request, id),
                                                                      .owner = connectionOwner(context.caller, id),
                                                                      .id = id,
                                                                      .maxWaitingBytes = server.maxBodyBytes,
                                                                      .maxJsonDepth = server.maxJsonDepth},
                                           context.services.responses);
    exchange.response.setHeader("Upgrade", "websocket");
    exchange.response.setHeader("Sec-WebSocket-Accept", *accepted);
    context.respond(101, {}, {});
}

} // namespace lunargate::api
