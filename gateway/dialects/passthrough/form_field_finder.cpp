// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/passthrough/form_field_finder.h"

#include <algorithm>
#include <vector>

namespace lunargate::passthrough {

namespace {

constexpr qsizetype kLongestHeaders = 16 * 1024; // of one part
constexpr qsizetype kLongestValue = 1024;        // of the field
constexpr qsizetype kLongestBoundary = 70;       // RFC 2046 section 5.1.1

std::unexpected<Error> refused(QByteArray reason, QByteArray message, QByteArray param = {})
{
    return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                 .reason = std::move(reason),
                                 .message = std::move(message),
                                 .param = std::move(param)});
}

std::unexpected<Error> invalidForm(const QByteArray &problem)
{
    return refused("invalid_form", "invalid multipart/form-data: " + problem);
}

bool isSame(QByteArrayView a, QByteArrayView b)
{
    return a.compare(b, Qt::CaseInsensitive) == 0;
}

// The value at the beginning of `text`: a quoted string or a token.
QByteArray parameterValue(QByteArrayView text)
{
    QByteArray value;
    if (!text.startsWith('"')) {
        const auto end = std::ranges::find_if(text, [](char c) { return c == ';' || c == ' ' || c == '\t'; });
        return QByteArrayView(text.begin(), end).toByteArray();
    }
    for (qsizetype i = 1; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\' && i + 1 < text.size())
            ++i;
        value += text[i];
    }
    return value;
}

// Of `value; a=b; c="d"`.
std::vector<QByteArray> parameters(QByteArrayView header, QByteArrayView name)
{
    std::vector<QByteArray> found;
    bool isQuoted = false;
    for (qsizetype i = 0; i < header.size(); ++i) {
        if (header[i] == '\\' && isQuoted)
            ++i;
        else if (header[i] == '"')
            isQuoted = !isQuoted;
        if (i >= header.size() || header[i] != ';' || isQuoted)
            continue;
        const QByteArrayView rest = header.sliced(i + 1).trimmed();
        const qsizetype equals = rest.indexOf('=');
        if (equals > 0 && isSame(rest.first(equals).trimmed(), name))
            found.push_back(parameterValue(rest.sliced(equals + 1).trimmed()));
    }
    return found;
}

QByteArray firstParameter(QByteArrayView header, QByteArrayView name)
{
    const std::vector<QByteArray> found = parameters(header, name);
    return found.empty() ? QByteArray() : found.front();
}

// The value of the one Content-Disposition among the header lines of a part.
Result<QByteArrayView> disposition(QByteArrayView headers)
{
    std::optional<QByteArrayView> found;
    while (!headers.isEmpty()) {
        const qsizetype end = headers.indexOf("\r\n");
        const QByteArrayView line = end < 0 ? headers : headers.first(end);
        headers = end < 0 ? QByteArrayView() : headers.sliced(end + 2);
        if (line.contains('\r') || line.contains('\n'))
            return invalidForm("a part's header line has a bare line end");
        if (line.startsWith(' ') || line.startsWith('\t')) // RFC 7230 section 3.2.4 did away with it
            return invalidForm("a part's header goes on in the next line");
        const qsizetype colon = line.indexOf(':');
        if (colon <= 0 || !isSame(line.first(colon).trimmed(), "Content-Disposition"))
            continue;
        if (found)
            return invalidForm("a part has two Content-Disposition lines");
        found = line.sliced(colon + 1);
    }
    if (!found)
        return invalidForm("a part has no Content-Disposition");
    return *found;
}

// The name of the field that a part with these header lines is; empty if it has none.
Result<QByteArray> fieldName(QByteArrayView headers)
{
    const Result<QByteArrayView> value = disposition(headers);
    if (!value)
        return std::unexpected(value.error());
    const std::vector<QByteArray> names = parameters(*value, "name");
    if (names.size() > 1 || !parameters(*value, "name*").empty()) // RFC 7578 section 4.2 knows no such name
        return invalidForm("a part's name is not said once, as name");
    return names.empty() ? QByteArray() : names.front();
}

} // namespace

FormFieldFinder::FormFieldFinder(const QByteArray &boundary, QByteArray name)
    : m_delimiter("\r\n--" + boundary), m_name(std::move(name))
{
}

Result<void> FormFieldFinder::feed(QByteArrayView bytes)
{
    if (hasEnded())
        return {};
    m_pending.append(bytes);
    for (;;) {
        const Result<bool> went = step();
        if (!went)
            return std::unexpected(went.error());
        if (!*went)
            return {};
    }
}

// False: more bytes are needed.
Result<bool> FormFieldFinder::step()
{
    switch (m_state) {
    case State::Content:
        return skipContent();
    case State::Delimiter:
        return readDelimiter();
    case State::Headers:
        return readHeaders();
    case State::Value:
        return readValue();
    case State::Ended:
        m_pending.clear();
        return false;
    }
    Q_UNREACHABLE_RETURN(false);
}

// Where it begins in what is pending; -1: not yet.
Result<qsizetype> FormFieldFinder::findDelimiter() const
{
    // Some readers take a bare line feed too, and would see other parts.
    const qsizetype line = m_pending.indexOf(QByteArrayView(m_delimiter).sliced(1));
    if (line < 0)
        return -1;
    if (line == 0 || m_pending[line - 1] != '\r')
        return invalidForm("a boundary stands behind a bare line feed");
    return line - 1;
}

Result<bool> FormFieldFinder::skipContent()
{
    const Result<qsizetype> found = findDelimiter();
    if (!found)
        return std::unexpected(found.error());
    const qsizetype at = *found;
    if (at < 0) { // its beginning may be here
        drop(std::max<qsizetype>(m_pending.size() - m_delimiter.size() + 1, 0));
        return false;
    }
    drop(at + m_delimiter.size());
    m_state = State::Delimiter;
    return true;
}

// What follows the boundary: `--` at the form's end, else white space and the end of the line.
Result<bool> FormFieldFinder::readDelimiter()
{
    if (m_pending.startsWith("--")) {
        m_state = State::Ended;
        return true;
    }
    if (m_pending == "-")
        return false;
    const qsizetype end = m_pending.indexOf("\r\n");
    const QByteArrayView padding = QByteArrayView(m_pending).first(end < 0 ? m_pending.size() : end);
    const bool isPadding = std::ranges::all_of(padding, [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
    if (!isPadding || padding.size() > kLongestBoundary)
        return invalidForm("the boundary stands where no part ends");
    if (end < 0)
        return false;
    drop(end); // but for the line's end, which also ends an empty header block
    m_state = State::Headers;
    return true;
}

Result<bool> FormFieldFinder::readHeaders()
{
    const qsizetype end = m_pending.indexOf("\r\n\r\n");
    if (end > kLongestHeaders || (end < 0 && m_pending.size() > kLongestHeaders))
        return invalidForm("a part's headers are over 16 KiB");
    if (end < 0)
        return false;
    const Result<QByteArray> name = fieldName(QByteArrayView(m_pending).first(end));
    if (!name)
        return std::unexpected(name.error());
    const bool isWanted = *name == m_name;
    if (isWanted && m_field)
        return refused("duplicate_key", "'" + m_name + "' is in the form twice", m_name);
    drop(end + 4);
    m_state = isWanted ? State::Value : State::Content;
    return true;
}

Result<bool> FormFieldFinder::readValue()
{
    const Result<qsizetype> found = findDelimiter();
    if (!found)
        return std::unexpected(found.error());
    const qsizetype end = *found;
    if (end > kLongestValue || (end < 0 && m_pending.size() > kLongestValue + m_delimiter.size()))
        return refused("invalid_value", "'" + m_name + "' is over 1 KiB", m_name);
    if (end < 0)
        return false;
    m_field = Field{.value = m_pending.first(end), .place = {.begin = m_offset, .end = m_offset + end}};
    m_state = State::Content;
    return true;
}

void FormFieldFinder::drop(qsizetype bytes)
{
    m_pending.remove(0, bytes);
    m_offset += bytes;
}

bool isForm(QByteArrayView contentType)
{
    const qsizetype end = contentType.indexOf(';');
    return isSame((end < 0 ? contentType : contentType.first(end)).trimmed(), "multipart/form-data");
}

QByteArray boundaryOf(QByteArrayView contentType)
{
    const QByteArray boundary = isForm(contentType) ? firstParameter(contentType, "boundary") : QByteArray();
    return boundary.size() <= kLongestBoundary ? boundary : QByteArray();
}

} // namespace lunargate::passthrough
