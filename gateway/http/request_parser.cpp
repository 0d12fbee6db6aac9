// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/request_parser.h"

namespace lunargate {

namespace {

// Memory is taken for a body as it comes, not as it is announced.
constexpr qint64 kMaxReservedBody = 1024 * 1024;

Error badRequest(QByteArray reason, QByteArray message)
{
    return {.kind = ErrorKind::InvalidRequest, .reason = std::move(reason), .message = std::move(message)};
}

} // namespace

RequestParser::RequestParser(const ConnectionLimits &limits) : m_limits(limits)
{
    llhttp_init(&m_parser, HTTP_REQUEST, &callbacks());
    m_parser.data = this;
}

const llhttp_settings_t &RequestParser::callbacks()
{
    static const llhttp_settings_t settings = [] {
        llhttp_settings_t s;
        llhttp_settings_init(&s);
        s.on_message_begin = onMessageBegin;
        s.on_method_complete = onMethodComplete;
        s.on_url = onUrl;
        s.on_header_field = onHeaderField;
        s.on_header_value = onHeaderValue;
        s.on_header_value_complete = onHeaderValueComplete;
        s.on_headers_complete = onHeadersComplete;
        s.on_body = onBody;
        s.on_message_complete = onMessageComplete;
        return s;
    }();
    return settings;
}

qsizetype RequestParser::feed(QByteArrayView bytes)
{
    if (m_state == State::Complete || m_state == State::Failed || bytes.isEmpty())
        return 0;
    const bool inHead = m_state == State::Idle || m_state == State::Headers;
    // While in the head, no more than the limit is looked at, so that a huge head is refused in time.
    const qsizetype room = inHead ? static_cast<qsizetype>(m_limits.maxHeaderBytes - m_headerBytes) + 1 : bytes.size();
    const QByteArrayView part = bytes.first(std::min(bytes.size(), room));
    const llhttp_errno_t code = llhttp_execute(&m_parser, part.data(), static_cast<size_t>(part.size()));
    if (code == HPE_PAUSED) {
        const qsizetype used = llhttp_get_error_pos(&m_parser) - part.data();
        return used;
    }
    if (code != HPE_OK) {
        if (m_state != State::Failed) {
            m_state = State::Failed;
            m_error = badRequest("malformed_request",
                                 QByteArray("malformed HTTP request: ") + llhttp_get_error_reason(&m_parser));
        }
        return part.size();
    }
    if (m_state == State::Idle || m_state == State::Headers) {
        m_headerBytes += part.size();
        if (m_headerBytes > m_limits.maxHeaderBytes) {
            fail({.kind = ErrorKind::HeadersTooLarge,
                  .reason = "headers_too_large",
                  .message = "request line and headers are over " + QByteArray::number(m_limits.maxHeaderBytes)
                      + " bytes (server.max_header_bytes)"});
        }
    }
    return part.size();
}

HttpRequest RequestParser::takeRequest()
{
    HttpRequest request = std::exchange(m_request, {});
    m_state = State::Idle;
    m_headerBytes = 0;
    m_expectContinue = false;
    llhttp_init(&m_parser, HTTP_REQUEST, &callbacks());
    m_parser.data = this;
    return request;
}

int RequestParser::onMessageBegin(llhttp_t *parser)
{
    RequestParser &self = of(parser);
    self.m_state = State::Headers;
    self.m_request.receivedAt = Clock::now();
    return HPE_OK;
}

int RequestParser::onMethodComplete(llhttp_t *parser)
{
    of(parser).m_request.method = llhttp_method_name(static_cast<llhttp_method_t>(parser->method));
    return HPE_OK;
}

int RequestParser::onUrl(llhttp_t *parser, const char *data, size_t size)
{
    of(parser).m_request.target.append(data, static_cast<qsizetype>(size));
    return HPE_OK;
}

int RequestParser::onHeaderField(llhttp_t *parser, const char *data, size_t size)
{
    // Fields of a chunked body's trailer are of no use here and must not add to the header.
    if (of(parser).m_state == State::Headers)
        of(parser).m_fieldName.append(data, static_cast<qsizetype>(size));
    return HPE_OK;
}

int RequestParser::onHeaderValue(llhttp_t *parser, const char *data, size_t size)
{
    if (of(parser).m_state == State::Headers)
        of(parser).m_fieldValue.append(data, static_cast<qsizetype>(size));
    return HPE_OK;
}

int RequestParser::onHeaderValueComplete(llhttp_t *parser)
{
    RequestParser &self = of(parser);
    if (self.m_state == State::Headers)
        self.m_request.headers.add(std::exchange(self.m_fieldName, {}), std::exchange(self.m_fieldValue, {}));
    return HPE_OK;
}

int RequestParser::onHeadersComplete(llhttp_t *parser)
{
    return of(parser).headersComplete();
}

int RequestParser::headersComplete()
{
    m_state = State::Body;
    m_request.minorVersion = m_parser.http_minor;
    m_request.keepAlive = llhttp_should_keep_alive(&m_parser) != 0;
    m_parser.upgrade = 0; // no endpoint changes the protocol: an Upgrade is ignored (RFC 9110 section 7.8)
    if (m_parser.http_major != 1)
        return fail(badRequest("unsupported_http_version", "only HTTP/1.1 and HTTP/1.0 are spoken here"));

    const int hosts = m_request.headers.count("Host");
    if (hosts > 1 || (hosts == 0 && m_request.minorVersion >= 1)) // RFC 9112 section 3.2
        return fail(badRequest("missing_host", "exactly one Host header is needed"));
    // A coding that is not undone here would reach the JSON parser.
    if (const auto coding = m_request.headers.value("Transfer-Encoding");
        coding && coding->trimmed().compare("chunked", Qt::CaseInsensitive) != 0)
        return fail(badRequest("unsupported_transfer_encoding", "the only Transfer-Encoding read here is chunked"));
    if (const auto coding = m_request.headers.value("Content-Encoding");
        coding && coding->trimmed().compare("identity", Qt::CaseInsensitive) != 0)
        return fail(badRequest("unsupported_content_encoding", "send the body without Content-Encoding"));

    const auto expect = m_request.headers.value("Expect");
    const bool chunked = m_request.headers.contains("Transfer-Encoding");
    const quint64 length = chunked ? 0 : m_parser.content_length;
    if (length > static_cast<quint64>(m_limits.maxBodyBytes))
        return bodyTooLarge();
    m_request.body.reserve(static_cast<qsizetype>(std::min<quint64>(length, kMaxReservedBody)));
    m_expectContinue = expect && expect->compare("100-continue", Qt::CaseInsensitive) == 0 && (chunked || length > 0);
    return HPE_OK;
}

int RequestParser::onBody(llhttp_t *parser, const char *data, size_t size)
{
    RequestParser &self = of(parser);
    if (self.m_request.body.size() + static_cast<qint64>(size) > self.m_limits.maxBodyBytes)
        return self.bodyTooLarge();
    self.m_request.body.append(data, static_cast<qsizetype>(size));
    return HPE_OK;
}

int RequestParser::onMessageComplete(llhttp_t *parser)
{
    of(parser).m_state = State::Complete;
    return HPE_PAUSED;
}

int RequestParser::bodyTooLarge()
{
    return fail({.kind = ErrorKind::PayloadTooLarge,
                 .reason = "request_too_large",
                 .message = "request body too large: the limit is " + QByteArray::number(m_limits.maxBodyBytes)
                     + " bytes (server.max_body_bytes)"});
}

int RequestParser::fail(Error error)
{
    m_state = State::Failed;
    m_error = std::move(error);
    return HPE_USER;
}

} // namespace lunargate
