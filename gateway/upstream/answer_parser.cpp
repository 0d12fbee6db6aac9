// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/answer_parser.h"

#include <algorithm>

namespace lunargate {

namespace {

// As many as most answers have.
constexpr size_t kUsualFields = 16;
// RFC 9110 section 15.2.2. Nobody asks for it here.
constexpr int kSwitchingProtocols = 101;
constexpr int kLeastStatus = 100;
constexpr int kNoBody = 1; // what llhttp takes from its callback for it

bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

bool is(const HeaderList::Field &field, QByteArrayView name)
{
    return field.name.compare(name, Qt::CaseInsensitive) == 0;
}

// RFC 9110 section 5.5; llhttp is asked to let more pass for the sake of folded lines.
bool isControl(char c)
{
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

} // namespace

AnswerParser::AnswerParser(bool toHead) : m_toHead(toHead)
{
    llhttp_init(&m_parser, HTTP_RESPONSE, &callbacks());
    llhttp_set_lenient_headers(&m_parser, 1); // lines that continue the one before (RFC 9112 section 5.2)
    llhttp_set_lenient_spaces_after_chunk_size(&m_parser, 1); // older servers pad it
    m_parser.data = this;
    m_head.headers.reserve(kUsualFields);
}

const llhttp_settings_t &AnswerParser::callbacks()
{
    static const llhttp_settings_t settings = [] {
        llhttp_settings_t s;
        llhttp_settings_init(&s);
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

qsizetype AnswerParser::feed(QByteArrayView bytes)
{
    qsizetype used = 0;
    while (used < bytes.size() && (m_state == State::Head || m_state == State::Body)) {
        QByteArrayView part = bytes.sliced(used);
        if (m_state == State::Head) // no more than the limit is looked at
            part = part.first(std::min(part.size(), kMaxHeadBytes - m_headBytes));
        if (part.isEmpty()) {
            m_state = State::TooLarge;
            break;
        }
        m_partEnd = part.end();
        const llhttp_errno_t code = llhttp_execute(&m_parser, part.data(), static_cast<size_t>(part.size()));
        if (code == HPE_PAUSED) // complete
            return used + (llhttp_get_error_pos(&m_parser) - part.data());
        if (code != HPE_OK)
            m_state = State::Invalid;
        if (m_state == State::Head)
            m_headBytes += part.size();
        used += part.size();
    }
    return used;
}

void AnswerParser::end()
{
    if (m_state == State::Body && llhttp_message_needs_eof(&m_parser) != 0)
        llhttp_finish(&m_parser); // calls onMessageComplete()
}

QByteArray AnswerParser::problem() const
{
    const char *reason = llhttp_get_error_reason(&m_parser);
    return reason && *reason ? QByteArray(reason) : QByteArray("unknown");
}

int AnswerParser::onHeaderField(llhttp_t *parser, const char *data, size_t size)
{
    AnswerParser &self = of(parser);
    if (!self.m_hasHead) // else of a trailer
        self.m_fieldName.append(data, static_cast<qsizetype>(size));
    return HPE_OK;
}

int AnswerParser::onHeaderValue(llhttp_t *parser, const char *data, size_t size)
{
    AnswerParser &self = of(parser);
    if (self.m_hasHead)
        return HPE_OK;
    QByteArrayView value(data, static_cast<qsizetype>(size));
    if (!self.m_isValueCut && !self.m_fieldValue.isEmpty()) { // a line that continues the one before
        self.m_fieldValue = self.m_fieldValue.trimmed() + ' ';
        self.m_isFoldStart = true;
    }
    while (self.m_isFoldStart && !value.isEmpty() && isBlank(value.front()))
        value = value.sliced(1);
    self.m_isFoldStart = self.m_isFoldStart && value.isEmpty();
    self.m_fieldValue.append(value);
    self.m_isValueCut = data + size == self.m_partEnd;
    return HPE_OK;
}

int AnswerParser::onHeaderValueComplete(llhttp_t *parser)
{
    AnswerParser &self = of(parser);
    if (self.m_hasHead)
        return HPE_OK;
    self.m_isValueCut = false;
    self.m_isFoldStart = false;
    QByteArray value = std::exchange(self.m_fieldValue, {});
    if (std::ranges::any_of(value, isControl)) {
        llhttp_set_error_reason(parser, "a control character in a header");
        return HPE_USER;
    }
    self.m_head.headers.add(std::exchange(self.m_fieldName, {}), std::move(value).trimmed());
    return HPE_OK;
}

int AnswerParser::onHeadersComplete(llhttp_t *parser)
{
    return of(parser).headersComplete();
}

int AnswerParser::headersComplete()
{
    const int status = m_parser.status_code;
    if (m_parser.http_major != 1 || status < kLeastStatus || status == kSwitchingProtocols || !isFramingClear()) {
        llhttp_set_error_reason(&m_parser, "a version, status or framing that is not understood here");
        return HPE_USER;
    }
    if (status < 200) { // RFC 9110 section 15.2: another head follows
        m_head = {};
        return HPE_OK;
    }
    m_head.status = status;
    m_hasHead = true;
    m_state = State::Body;
    return m_toHead ? kNoBody : HPE_OK;
}

// What llhttp lets through: it reads a body with another coding, or with one that it does not recognise, to the
// connection's end.
bool AnswerParser::isFramingClear() const
{
    int codings = 0;
    for (const HeaderList::Field &field : m_head.headers) {
        if (!is(field, "Transfer-Encoding"))
            continue;
        ++codings;
        if (field.value.compare("chunked", Qt::CaseInsensitive) != 0)
            return false;
    }
    return codings == 0 || (codings == 1 && (m_parser.flags & F_CHUNKED) != 0);
}

int AnswerParser::onBody(llhttp_t *parser, const char *data, size_t size)
{
    of(parser).m_body.append(data, static_cast<qsizetype>(size));
    return HPE_OK;
}

int AnswerParser::onMessageComplete(llhttp_t *parser)
{
    AnswerParser &self = of(parser);
    if (!self.m_hasHead) { // of an informational answer: another follows, whatever it says of the connection
        parser->flags = static_cast<uint16_t>((parser->flags & ~F_CONNECTION_CLOSE) | F_CONNECTION_KEEP_ALIVE);
        return HPE_OK;
    }
    // RFC 9112 section 6.1: chunks are no part of HTTP/1.0, so who sends them may mean something else.
    const bool isOdd = parser->http_minor == 0 && (parser->flags & F_CHUNKED) != 0;
    self.m_keepsConnection = llhttp_should_keep_alive(parser) != 0 && !isOdd;
    self.m_state = State::Complete;
    return HPE_PAUSED;
}

} // namespace lunargate
