// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/responses_session.h"

#include "gateway/dialects/dialect.h"
#include "gateway/dialects/json_body.h"
#include "gateway/json/document.h"
#include "gateway/json/writer.h"
#include "gateway/pipeline/answer_headers.h"

#include <algorithm>
#include <utility>

namespace lunargate::api {

namespace {

// Of the handshake, and no part of a request that comes later.
bool isOfTheHandshake(const QByteArray &name)
{
    const QByteArray lower = name.toLower();
    return lower.startsWith("sec-websocket-") || lower == "upgrade" || lower == "connection" || lower == "accept" ||
           lower == "content-type" || lower == "content-length" || lower == "idempotency-key";
}

HeaderList requestHeaders(const HeaderList &handshake)
{
    HeaderList headers;
    for (const HeaderList::Field &field : handshake) {
        if (!isOfTheHandshake(field.name))
            headers.add(field.name, field.value);
    }
    headers.add("Content-Type", "application/json");
    headers.add("Accept", "text/event-stream");
    return headers;
}

QByteArray errorObject(const Error &error)
{
    const QByteArray body = dialectOf(ChatProtocol::OpenAiResponses).errorBody(error);
    const std::optional<json::Document> document = json::Document::parse(body);
    return json::toText(document->root()["error"]);
}

Error turnedOut()
{
    return {.kind = ErrorKind::Forbidden,
            .reason = "connection_not_allowed",
            .message = "this connection may not be used any more: its key or its origin is not valid now"};
}

Error brokenOff()
{
    return {.kind = ErrorKind::Internal,
            .reason = "internal_error",
            .message = "the gateway failed on this request; its log says why"};
}

Error ending(WebSocketSession::End why)
{
    if (why == WebSocketSession::End::TooOld)
        return {.kind = ErrorKind::InvalidRequest,
                .reason = "websocket_connection_limit_reached",
                .message = "this connection is older than it may be (server.websocket_max_age); open another one"};
    return {.kind = ErrorKind::Overloaded,
            .reason = "shutting_down",
            .message = "the gateway is shutting down; send the request again",
            .retryAfter = std::chrono::seconds(1)};
}

} // namespace

ResponsesSession::ResponsesSession(Settings settings, std::shared_ptr<ResponseStore> store)
    : m_settings(std::move(settings)), m_store(std::move(store))
{
}

ResponsesSession::~ResponsesSession()
{
    m_lanes.clear(); // from now on nothing is kept any more
    m_store->eraseOwner(m_settings.owner);
}

void ResponsesSession::begin(WebSocketChannel &channel, RequestHandler &handler)
{
    m_channel = &channel;
    m_handler = &handler;
}

void ResponsesSession::onText(QByteArray text)
{
    auto message = readSessionMessage(text, m_settings.maxJsonDepth);
    if (!message)
        return refuse(message.error().lane, message.error().error);
    if (message->body.isEmpty())
        return;
    if (m_end)
        return refuse(message->lane, ending(*m_end));
    const Result<Lane *> lane = laneFor(*message);
    if (!lane)
        return refuse(message->lane, lane.error());
    ++m_waiting;
    m_waitingBytes += message->body.size();
    const QByteArray name = message->lane;
    (*lane)->waiting.push_back(*std::move(message));
    if (!(*lane)->running && (*lane)->waiting.size() == 1)
        m_ready.push_back(name);
    startWaiting();
}

Result<ResponsesSession::Lane *> ResponsesSession::laneFor(const SessionMessage &message)
{
    const bool isFull = m_waiting >= kMostWaiting || m_waitingBytes + message.body.size() > m_settings.maxWaitingBytes;
    if (isFull && mustWait(message.lane))
        return std::unexpected(Error{.kind = ErrorKind::RateLimited,
                                     .reason = "websocket_queue_full",
                                     .message = "too many requests wait on this connection; send this when one ended",
                                     .retryAfter = std::chrono::seconds(1)});
    if (!m_lanes.contains(message.lane) && std::ssize(m_lanes) >= kMostLanes)
        return refusedBody("websocket_stream_limit_reached",
                           "a connection may have 32 different values of `stream_id`; open another one", "stream_id");
    return &m_lanes[message.lane];
}

bool ResponsesSession::mustWait(const QByteArray &lane) const
{
    const auto found = m_lanes.find(lane);
    const bool isLaneBusy = found != m_lanes.end() && (found->second.running || !found->second.waiting.empty());
    return isLaneBusy || m_running >= kMostRunning;
}

// What a request does at once leads back here from inside start(): one loop serves them all.
void ResponsesSession::startWaiting()
{
    if (std::exchange(m_isStarting, true))
        return;
    while (!m_ready.empty() && m_running < kMostRunning && !m_isOver) {
        const QByteArray name = std::move(m_ready.front());
        m_ready.pop_front();
        start(name, m_lanes[name]);
    }
    m_isStarting = false;
}

void ResponsesSession::start(const QByteArray &name, Lane &lane)
{
    SessionMessage message = std::move(lane.waiting.front());
    lane.waiting.pop_front();
    --m_waiting;
    m_waitingBytes -= message.body.size();
    ++m_running;
    QByteArray previous = std::move(message.previousResponseId);
    lane.running = std::make_unique<Running>(*m_channel, name, requestFor(message), std::move(previous));
    lane.running->request.start(*m_handler, [this, name] { ended(name); });
}

HttpRequest ResponsesSession::requestFor(SessionMessage &message) const
{
    const HttpRequest &handshake = m_settings.handshake;
    HttpRequest request;
    request.method = "POST";
    request.target = handshake.target;
    request.headers = requestHeaders(handshake.headers);
    request.body = std::move(message.body);
    request.peer = handshake.peer;
    request.webSocket = m_settings.id;
    request.receivedAt = Clock::now();
    return request;
}

void ResponsesSession::ended(const QByteArray &name)
{
    Lane &lane = m_lanes[name];
    const std::unique_ptr<Running> over = std::move(lane.running);
    --m_running;
    remember(lane, *over);
    if (over->response.state() == ResponseWriter::State::Streaming) // an exception left it without an end
        refuse(name, brokenOff());
    if (isTurnedOut(*over))
        return turnOut();
    if (!lane.waiting.empty())
        m_ready.push_back(name);
    startWaiting();
    closeIfDone();
}

// The last response of each lane can be gone on from, also if it is not to be kept; not after a failure
// (API reference, "WebSocket mode").
void ResponsesSession::remember(Lane &lane, const Running &over)
{
    const QByteArray &id = over.response.finishedId();
    if (id.isEmpty()) {
        if (!over.previousResponseId.isEmpty())
            m_store->erase(m_settings.owner, over.previousResponseId);
        return;
    }
    const QByteArray older = std::exchange(lane.lastResponseId, id);
    const bool isOthersLast =
        std::ranges::any_of(m_lanes, [&](const auto &other) { return other.second.lastResponseId == older; });
    if (!older.isEmpty() && !isOthersLast)
        m_store->erase(m_settings.owner, older);
}

// The key is not valid any more, or the page that opened this is not allowed any more. Providers say such things of
// their own keys.
bool ResponsesSession::isTurnedOut(const Running &over) const
{
    const QByteArray &code = over.response.errorCode();
    const bool isRefused = over.response.status() == 401 || code == "origin_not_allowed" || code == "host_not_allowed";
    return isRefused && over.response.headers().value(headers::kErrorSource) == "gateway";
}

void ResponsesSession::turnOut()
{
    if (std::exchange(m_isOver, true))
        return;
    refuseWaiting(turnedOut());
    for (const auto &[name, lane] : m_lanes) {
        if (lane.running)
            refuse(name, turnedOut());
    }
    m_channel->close(WebSocketClose::PolicyViolation, "this connection may not be used any more");
}

void ResponsesSession::refuseWaiting(const Error &error)
{
    m_ready.clear();
    for (auto &[name, lane] : m_lanes) {
        for (const SessionMessage &message : std::exchange(lane.waiting, {})) {
            --m_waiting;
            m_waitingBytes -= message.body.size();
            refuse(name, error);
        }
    }
}

void ResponsesSession::onBytesWritten()
{
    std::vector<QByteArray> names; // a request may end by this, and another lane begin
    for (const auto &[name, lane] : m_lanes) {
        if (lane.running && lane.running->response.isWaitedFor())
            names.push_back(name);
    }
    for (const QByteArray &name : names) {
        if (const Lane &lane = m_lanes[name]; lane.running)
            lane.running->response.bytesWritten();
    }
}

void ResponsesSession::end(End why)
{
    if (!m_end)
        m_end = why;
    closeIfDone();
}

void ResponsesSession::closeIfDone()
{
    if (!m_end || isBusy() || std::exchange(m_isOver, true))
        return;
    if (*m_end == End::TooOld)
        refuse({}, ending(*m_end));
    m_channel->close(*m_end == End::TooOld ? WebSocketClose::Normal : WebSocketClose::GoingAway, {});
}

void ResponsesSession::cut()
{
    refuseWaiting(ending(End::Shutdown));
    for (auto &[name, lane] : m_lanes) {
        if (lane.running && !std::exchange(lane.running->isCut, true))
            lane.running->request.cut(CutReason::Shutdown, [this, name] { ended(name); });
    }
    closeIfDone();
}

void ResponsesSession::refuse(const QByteArray &lane, const Error &error)
{
    HeaderList headers;
    if (error.retryAfter)
        headers.add("retry-after",
                    QByteArray::number(std::chrono::ceil<std::chrono::seconds>(*error.retryAfter).count()));
    m_channel->sendText(errorMessage(httpStatus(error), errorObject(error), headers, lane));
}

} // namespace lunargate::api
