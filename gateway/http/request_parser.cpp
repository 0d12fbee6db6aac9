// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/request_parser.h"

#include <algorithm>
#include <limits>

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
        s.on_chunk_extension_name = onChunkExtension;
        s.on_chunk_extension_value = onChunkExtension;
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
    // The limit may have been lowered meanwhile.
    const qint64 room = inHead ? std::max<qint64>(m_limits.maxHeaderBytes - m_headerBytes, 0) : bytes.size();
    const QByteArrayView part = bytes.first(std::min<qint64>(bytes.size(), room));
    const llhttp_errno_t code = llhttp_execute(&m_parser, part.data(), static_cast<size_t>(part.size()));
    if (code == HPE_PAUSED)
        return llhttp_get_error_pos(&m_parser) - part.data();
    if (code != HPE_OK) {
        if (m_state != State::Failed) {
            fail(badRequest("malformed_request",
                            QByteArray("malformed HTTP request: ") + llhttp_get_error_reason(&m_parser)));
        }
        return part.size();
    }
    if (m_state == State::Idle || m_state == State::Headers) {
        m_headerBytes += part.size();
        if (part.size() < bytes.size())
            headersTooLarge();
    }
    return part.size();
}

std::optional<qint64> RequestParser::contentLength() const
{
    const std::optional<QByteArray> length = m_request.headers.value("Content-Length");
    return length.transform([](const QByteArray &text) { return text.trimmed().toLongLong(); });
}

qint64 RequestParser::bodyLimit() const
{
    switch (m_bodyKind) {
    case BodyKind::Whole:
        return m_limits.maxBodyBytes;
    case BodyKind::Upload:
        return m_limits.maxUploadBytes;
    case BodyKind::Unknown:
        break;
    }
    return std::max(m_limits.maxBodyBytes, m_limits.maxUploadBytes);
}

bool RequestParser::isBodyLarge() const
{
    return std::max(m_bodyBytes, m_announcedBody) > std::min(m_limits.maxBodyBytes, m_limits.maxUploadBytes);
}

void RequestParser::setBodyKind(BodyKind kind)
{
    m_bodyKind = kind;
    if (std::max(m_bodyBytes, m_announcedBody) > bodyLimit())
        bodyTooLarge();
}

HttpRequest RequestParser::takeRequest()
{
    HttpRequest request = std::exchange(m_request, {});
    m_request.peer = m_peer;
    m_state = State::Idle;
    m_headerBytes = 0;
    m_bodyBytes = m_announcedBody = 0;
    m_bodyKind = BodyKind::Unknown;
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
    self.m_request.headers.reserve(HeaderList::kUsualFields);
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
    if (of(parser).m_state != State::Headers)
        return of(parser).countHeaderBytes(size);
    of(parser).m_fieldName.append(data, static_cast<qsizetype>(size));
    return HPE_OK;
}

int RequestParser::onHeaderValue(llhttp_t *parser, const char *data, size_t size)
{
    if (of(parser).m_state != State::Headers)
        return of(parser).countHeaderBytes(size);
    of(parser).m_fieldValue.append(data, static_cast<qsizetype>(size));
    return HPE_OK;
}

int RequestParser::onHeaderValueComplete(llhttp_t *parser)
{
    RequestParser &self = of(parser);
    if (self.m_state == State::Headers) {
        // White space behind the value is no part of it (RFC 9110 section 5.5), but llhttp leaves it there.
        self.m_request.headers.add(std::exchange(self.m_fieldName, {}), std::exchange(self.m_fieldValue, {}).trimmed());
    }
    return HPE_OK;
}

int RequestParser::onHeadersComplete(llhttp_t *parser)
{
    return of(parser).headersComplete();
}

int RequestParser::onChunkExtension(llhttp_t *parser, const char *, size_t size)
{
    return of(parser).countHeaderBytes(size);
}

int RequestParser::headersComplete()
{
    m_state = State::Body;
    m_headerBytes = 0;
    m_request.minorVersion = m_parser.http_minor;
    m_request.keepAlive = llhttp_should_keep_alive(&m_parser) != 0;
    m_parser.upgrade = 0; // a request all the same: whoever answers it may upgrade, or ignore it (RFC 9110 section 7.8)
    if (const Result<void> framing = checkFraming(); !framing)
        return fail(framing.error());
    if (m_request.target.contains('#')) // RFC 9112 section 3.2; what follows would be lost on the way
        return fail(badRequest("malformed_request", "malformed HTTP request: its target has a fragment"));
    if (!takeAuthority())
        return fail(badRequest("malformed_request", "malformed HTTP request: the target's URL has no host"));

    const bool chunked = m_request.headers.contains("Transfer-Encoding");
    const quint64 length = chunked ? 0 : m_parser.content_length;
    m_announcedBody = static_cast<qint64>(std::min<quint64>(length, std::numeric_limits<qint64>::max()));
    m_request.body.reserve(static_cast<qsizetype>(std::min<quint64>(length, kMaxReservedBody)));
    const QByteArray expect = m_request.headers.value("Expect").value_or(QByteArray());
    m_expectContinue = m_request.minorVersion >= 1 // RFC 9110 section 10.1.1
                       && expect.compare("100-continue", Qt::CaseInsensitive) == 0 && (chunked || length > 0);
    return HPE_OK;
}

// What llhttp lets through.
Result<void> RequestParser::checkFraming() const
{
    const auto refused = [](QByteArray reason, QByteArray message) {
        return std::unexpected(badRequest(std::move(reason), std::move(message)));
    };
    if (m_parser.http_major != 1)
        return refused("unsupported_http_version", "only HTTP/1.1 and HTTP/1.0 are spoken here");
    const int hosts = m_request.headers.count("Host");
    if (hosts > 1 || (hosts == 0 && m_request.minorVersion >= 1)) // RFC 9112 section 3.2
        return refused("missing_host", "exactly one Host header is needed");
    for (const HeaderList::Field &field : m_request.headers) {
        const auto is = [&field](QByteArrayView name) { return field.name.compare(name, Qt::CaseInsensitive) == 0; };
        // A coding that is not undone here would reach the JSON parser. HTTP/1.0 knows none (RFC 9112 section 6.1).
        if (is("Transfer-Encoding") &&
            (field.value.compare("chunked", Qt::CaseInsensitive) != 0 || m_request.minorVersion < 1))
            return refused("unsupported_transfer_encoding",
                           "the only Transfer-Encoding read here is chunked, in HTTP/1.1");
        if (is("Content-Encoding") && field.value.compare("identity", Qt::CaseInsensitive) != 0)
            return refused("unsupported_content_encoding", "send the body without Content-Encoding");
    }
    if (m_request.headers.count("Transfer-Encoding") > 1) // chunked twice (RFC 9112 section 6.1)
        return refused("unsupported_transfer_encoding", "exactly one Transfer-Encoding is read here");
    return {};
}

// `GET http://host/path`, as to a proxy: servers must accept it, and its host counts (RFC 9112 section 3.2.2).
// False if it has none.
bool RequestParser::takeAuthority()
{
    const qsizetype scheme = m_request.target.indexOf("://");
    if (m_request.target.startsWith('/') || scheme < 0)
        return true;
    const qsizetype begin = scheme + 3;
    qsizetype end = begin;
    while (end < m_request.target.size() && m_request.target[end] != '/' && m_request.target[end] != '?')
        ++end;
    if (end == begin)
        return false;
    m_request.headers.set("Host", m_request.target.sliced(begin, end - begin));
    m_request.target.remove(0, end);
    if (!m_request.target.startsWith('/'))
        m_request.target.prepend('/');
    return true;
}

int RequestParser::countHeaderBytes(size_t size)
{
    m_headerBytes += static_cast<qint64>(size);
    return m_headerBytes > m_limits.maxHeaderBytes ? headersTooLarge() : HPE_OK;
}

int RequestParser::onBody(llhttp_t *parser, const char *data, size_t size)
{
    RequestParser &self = of(parser);
    self.m_bodyBytes += static_cast<qint64>(size);
    if (self.m_bodyBytes > self.bodyLimit())
        return self.bodyTooLarge();
    self.m_request.body.append(data, static_cast<qsizetype>(size));
    return HPE_OK;
}

int RequestParser::onMessageComplete(llhttp_t *parser)
{
    of(parser).m_state = State::Complete;
    return HPE_PAUSED;
}

int RequestParser::headersTooLarge()
{
    return fail({.kind = ErrorKind::HeadersTooLarge,
                 .reason = "headers_too_large",
                 .message = "request line and headers are over " + QByteArray::number(m_limits.maxHeaderBytes) +
                            " bytes (server.max_header_bytes)"});
}

int RequestParser::bodyTooLarge()
{
    const bool isUpload = bodyLimit() > m_limits.maxBodyBytes || m_bodyKind == BodyKind::Upload;
    return fail({.kind = ErrorKind::PayloadTooLarge,
                 .reason = "request_too_large",
                 .message = "request body too large: the limit is " + QByteArray::number(bodyLimit()) + " bytes (" +
                            (isUpload ? "server.max_upload_bytes)" : "server.max_body_bytes)")});
}

int RequestParser::fail(Error error)
{
    m_state = State::Failed;
    m_error = std::move(error);
    return HPE_USER;
}

} // namespace lunargate
