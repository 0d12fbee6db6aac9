// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/passthrough/form_field_finder.h"

#include "gateway/dialects/passthrough/form_headers.h"

#include <algorithm>

namespace lunargate::passthrough {

namespace {

constexpr qsizetype kLongestHeaders = 16 * 1024; // of one part
constexpr qsizetype kLongestValue = 1024;        // of the field
constexpr qsizetype kLongestPadding = 70;        // behind a boundary; no client sends any

std::unexpected<Error> refused(QByteArray reason, QByteArray message, const QByteArray &param)
{
    return std::unexpected(Error{
        .kind = ErrorKind::InvalidRequest, .reason = std::move(reason), .message = std::move(message), .param = param});
}

// Whether a line feed stands there without its carriage return, or the other way round.
bool hasBareLineEnd(QByteArrayView text)
{
    for (qsizetype i = 0; i < text.size(); ++i) {
        const bool isPair = text[i] == '\r' && (i + 1 == text.size() || text[i + 1] == '\n');
        if (isPair)
            ++i;
        else if (text[i] == '\r' || text[i] == '\n')
            return true;
    }
    return false;
}

// What may stand between a boundary and the end of its line, of which the beginning may be here.
bool isPadding(QByteArrayView text, bool isWhole)
{
    if (!isWhole && text.endsWith('\r'))
        text.chop(1);
    return text.size() <= kLongestPadding && std::ranges::all_of(text, [](char c) { return c == ' ' || c == '\t'; });
}

} // namespace

FormFieldFinder::FormFieldFinder(const QByteArray &boundary, QByteArray name)
    : m_delimiter("\r\n--" + boundary), m_name(std::move(name))
{
}

Result<void> FormFieldFinder::feed(QByteArrayView bytes)
{
    m_pending.append(bytes);
    for (;;) {
        const Result<bool> went = step();
        if (!went)
            return std::unexpected(went.error());
        if (!*went)
            return {};
    }
}

Result<void> FormFieldFinder::finish() const
{
    if (!hasEnded())
        return invalidForm("it has no end");
    return {};
}

// False: more bytes are needed.
Result<bool> FormFieldFinder::step()
{
    switch (m_state) {
    case State::Content:
        return skipContent();
    case State::Delimiter:
        return readDelimiter();
    case State::LastDelimiter:
        return readLastDelimiter();
    case State::Headers:
        return readHeaders();
    case State::PartBegin:
        return readPartBegin();
    case State::Value:
        return readValue();
    case State::Ended:
        return skipEpilogue();
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
        drop(2);
        m_state = State::LastDelimiter;
        return true;
    }
    if (m_pending == "-")
        return false;
    const qsizetype end = m_pending.indexOf("\r\n");
    if (!isPadding(QByteArrayView(m_pending).first(end < 0 ? m_pending.size() : end), end >= 0))
        return invalidForm("the boundary stands where no part ends");
    if (end < 0)
        return false;
    drop(end); // but for the line's end, which also ends an empty header block
    m_state = State::Headers;
    return true;
}

// White space, the end of the line, or nothing at all.
Result<bool> FormFieldFinder::readLastDelimiter()
{
    const qsizetype end = m_pending.indexOf("\r\n");
    if (!isPadding(QByteArrayView(m_pending).first(end < 0 ? m_pending.size() : end), end >= 0))
        return invalidForm("something stands behind the last boundary");
    if (end < 0)
        return false;
    m_state = State::Ended;
    return true;
}

Result<bool> FormFieldFinder::readHeaders()
{
    const qsizetype end = m_pending.indexOf("\r\n\r\n");
    constexpr qsizetype kEnd = 4;
    if (end > kLongestHeaders || (end < 0 && m_pending.size() >= kLongestHeaders + kEnd))
        return invalidForm("a part's headers are over 16 KiB");
    const QByteArrayView headers = QByteArrayView(m_pending).first(end < 0 ? m_pending.size() : end);
    // At once: those who take such a line end would see the part's end before its headers have one here.
    if (hasBareLineEnd(headers))
        return invalidForm("a part's header line has a bare line end");
    if (headers.contains(m_delimiter))
        return invalidForm("a part ends within its headers");
    if (end < 0)
        return false;
    const Result<QByteArray> name = fieldName(headers.sliced(std::min<qsizetype>(2, headers.size())));
    if (!name)
        return std::unexpected(name.error());
    m_isWanted = *name == m_name;
    if (m_isWanted && m_field)
        return refused("duplicate_key", "'" + m_name + "' is in the form twice", m_name);
    drop(end + 2);
    m_state = State::PartBegin;
    return true;
}

// A boundary right behind the headers: a part without content (RFC 2046 section 5.1.1), or the content of one.
Result<bool> FormFieldFinder::readPartBegin()
{
    if (m_pending.startsWith(m_delimiter))
        return invalidForm("a boundary stands right behind a part's headers");
    if (m_delimiter.startsWith(m_pending))
        return false;
    drop(2);
    m_state = m_isWanted ? State::Value : State::Content;
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

// Some readers go on behind the last boundary, if another one comes.
Result<bool> FormFieldFinder::skipEpilogue()
{
    const Result<qsizetype> found = findDelimiter();
    if (!found)
        return std::unexpected(found.error());
    if (*found >= 0)
        return invalidForm("it goes on behind its end");
    drop(std::max<qsizetype>(m_pending.size() - m_delimiter.size() + 1, 0));
    return false;
}

void FormFieldFinder::drop(qsizetype bytes)
{
    m_pending.remove(0, bytes);
    m_offset += bytes;
}

} // namespace lunargate::passthrough
