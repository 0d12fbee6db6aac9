// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/http/connection_limits.h"
#include "gateway/http/http_request.h"

#include <llhttp.h>

namespace lunargate {

/// Reads HTTP/1.x requests from bytes at any split, strictly (RFC 9112): what two parsers could read differently is
/// refused. One request at a time; what follows it stays with the caller.
class RequestParser
{
public:
    enum class State { Idle, Headers, Body, Complete, Failed };
    /// Which limit holds for a body.
    enum class BodyKind {
        Unknown, ///< the larger one, until somebody knows
        Whole,   ///< ConnectionLimits::maxBodyBytes
        Upload,  ///< ConnectionLimits::maxUploadBytes
    };

    explicit RequestParser(const ConnectionLimits &limits);
    RequestParser(const RequestParser &) = delete;
    RequestParser &operator=(const RequestParser &) = delete;

    /// The client's address, which every request gets.
    void setPeer(const QHostAddress &peer) { m_request.peer = m_peer = peer; }

    /// Takes bytes and says how many were used. Fewer than given when a request is complete (see State::Complete) or
    /// when the parser failed.
    qsizetype feed(QByteArrayView bytes);

    State state() const { return m_state; }
    /// With State::Failed: what to tell the client. The connection cannot go on after it.
    const Error &error() const { return m_error; }
    /// Whether the client waits for `100 Continue` before it sends the body; asked once.
    bool takeExpectContinue() { return std::exchange(m_expectContinue, false); }

    /// The request so far; all of it in State::Complete.
    const HttpRequest &request() const { return m_request; }
    HttpRequest &request() { return m_request; }
    /// With State::Body: how long the body is, as announced; nothing if it is chunked.
    std::optional<qint64> contentLength() const;
    /// Whether this body may be too large for its kind, so that setBodyKind() must be called, in State::Complete too.
    bool isBodyLarge() const;
    /// With State::Body or State::Complete: what its body is. Leads to State::Failed if too much of it came or is
    /// announced.
    void setBodyKind(BodyKind kind);
    BodyKind bodyKind() const { return m_bodyKind; }
    /// What is taken of this body at most.
    qint64 bodyLimit() const;
    /// Takes what came of the body since the last time, so that it is not held here.
    QByteArray takeBody() { return std::exchange(m_request.body, {}); }
    /// With State::Body, where the connection ends with this request: hands over what came of it so far, the head at
    /// least. takeBody() gives the rest.
    HttpRequest takeHead() { return std::exchange(m_request, {}); }
    /// With State::Complete: hands it over and is ready for the next one.
    HttpRequest takeRequest();

private:
    static RequestParser &of(llhttp_t *parser) { return *static_cast<RequestParser *>(parser->data); }
    static const llhttp_settings_t &callbacks();
    static int onMessageBegin(llhttp_t *parser);
    static int onUrl(llhttp_t *parser, const char *data, size_t size);
    static int onMethodComplete(llhttp_t *parser);
    static int onHeaderField(llhttp_t *parser, const char *data, size_t size);
    static int onHeaderValue(llhttp_t *parser, const char *data, size_t size);
    static int onHeaderValueComplete(llhttp_t *parser);
    static int onHeadersComplete(llhttp_t *parser);
    static int onChunkExtension(llhttp_t *parser, const char *data, size_t size);
    static int onBody(llhttp_t *parser, const char *data, size_t size);
    static int onMessageComplete(llhttp_t *parser);

    int headersComplete();
    Result<void> checkFraming() const;
    bool takeAuthority();
    int countHeaderBytes(size_t size);
    int headersTooLarge();
    int bodyTooLarge();
    int fail(Error error);

    const ConnectionLimits &m_limits;
    llhttp_t m_parser{};
    State m_state = State::Idle;
    HttpRequest m_request;
    QHostAddress m_peer;
    QByteArray m_fieldName;
    QByteArray m_fieldValue;
    qint64 m_headerBytes = 0;   // of the head; then of what stands between and behind the chunks
    qint64 m_bodyBytes = 0;     // that came
    qint64 m_announcedBody = 0; // 0 for chunks
    BodyKind m_bodyKind = BodyKind::Unknown;
    bool m_expectContinue = false;
    Error m_error;
};

} // namespace lunargate
