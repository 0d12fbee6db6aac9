// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/passthrough/form_headers.h"

#include <algorithm>
#include <vector>

namespace lunargate::passthrough {

namespace {

constexpr qsizetype kLongestBoundary = 70; // RFC 2046 section 5.1.1

bool isSame(QByteArrayView a, QByteArrayView b)
{
    return a.compare(b, Qt::CaseInsensitive) == 0;
}

// The value at the beginning of `text`: a quoted string or a token.
QByteArray parameterValue(QByteArrayView text, bool hasEscapes)
{
    QByteArray value;
    if (!text.startsWith('"')) {
        const auto end = std::ranges::find_if(text, [](char c) { return c == ';' || c == ' ' || c == '\t'; });
        return QByteArrayView(text.begin(), end).toByteArray();
    }
    for (qsizetype i = 1; i < text.size() && text[i] != '"'; ++i) {
        if (hasEscapes && text[i] == '\\' && i + 1 < text.size())
            ++i;
        value += text[i];
    }
    return value;
}

// Of `value; a=b; c="d"`. Not everybody takes a backslash for an escape.
std::vector<QByteArray> parameters(QByteArrayView header, QByteArrayView name, bool hasEscapes = true)
{
    std::vector<QByteArray> found;
    bool isQuoted = false;
    for (qsizetype i = 0; i < header.size(); ++i) {
        if (header[i] == '\\' && isQuoted && hasEscapes)
            ++i;
        else if (header[i] == '"')
            isQuoted = !isQuoted;
        if (i >= header.size() || header[i] != ';' || isQuoted)
            continue;
        const QByteArrayView rest = header.sliced(i + 1).trimmed();
        const qsizetype equals = rest.indexOf('=');
        if (equals > 0 && isSame(rest.first(equals).trimmed(), name))
            found.push_back(parameterValue(rest.sliced(equals + 1).trimmed(), hasEscapes));
    }
    return found;
}

QByteArrayView beforeSemicolon(QByteArrayView header)
{
    const qsizetype end = header.indexOf(';');
    return (end < 0 ? header : header.first(end)).trimmed();
}

// RFC 9110 section 5.6.2.
bool isToken(QByteArrayView text)
{
    constexpr QByteArrayView kOthers = "!#$%&'*+-.^_`|~";
    return !text.isEmpty() && std::ranges::all_of(text, [kOthers](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kOthers.contains(c);
    });
}

// RFC 7578 section 4.7 did away with it; who undoes a coding has another value than the one that stands there.
bool isPlainCoding(QByteArrayView coding)
{
    return isSame(coding, "7bit") || isSame(coding, "8bit") || isSame(coding, "binary");
}

bool isControl(char c)
{
    return static_cast<quint8>(c) < 0x20 && c != '\t';
}

// A line of a part's headers, which is to mean the same to everybody.
Result<void> checkHeaderLine(QByteArrayView line)
{
    if (line.startsWith(' ') || line.startsWith('\t')) // RFC 7230 section 3.2.4 did away with it
        return invalidForm("a part's header goes on in the next line");
    const qsizetype colon = line.indexOf(':');
    if (!isToken(line.first(std::max<qsizetype>(colon, 0))))
        return invalidForm("a part has a header line without a name");
    if (std::ranges::any_of(line, isControl))
        return invalidForm("a part's header has a control character");
    if (isSame(line.first(colon), "Content-Transfer-Encoding") && !isPlainCoding(line.sliced(colon + 1).trimmed()))
        return invalidForm("a part has a Content-Transfer-Encoding");
    return {};
}

// The value of the one Content-Disposition among the header lines of a part.
Result<QByteArrayView> disposition(QByteArrayView headers)
{
    std::optional<QByteArrayView> found;
    while (!headers.isEmpty()) {
        const qsizetype end = headers.indexOf("\r\n");
        const QByteArrayView line = end < 0 ? headers : headers.first(end);
        headers = end < 0 ? QByteArrayView() : headers.sliced(end + 2);
        if (Result<void> good = checkHeaderLine(line); !good)
            return std::unexpected(std::move(good.error()));
        const qsizetype colon = line.indexOf(':');
        if (!isSame(line.first(colon), "Content-Disposition"))
            continue;
        if (found)
            return invalidForm("a part has two Content-Disposition lines");
        found = line.sliced(colon + 1);
    }
    if (!found || !isSame(beforeSemicolon(*found), "form-data")) // RFC 7578 section 4.2
        return invalidForm("a part has no Content-Disposition: form-data");
    return *found;
}

// RFC 2046 section 5.1.1.
bool isBoundary(QByteArrayView text)
{
    constexpr QByteArrayView kOthers = "'()+_,-./:=? ";
    return !text.isEmpty() && text.size() <= kLongestBoundary && !text.endsWith(' ') &&
           std::ranges::all_of(text, [kOthers](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kOthers.contains(c);
           });
}

} // namespace

std::unexpected<Error> invalidForm(const QByteArray &problem)
{
    return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                 .reason = "invalid_form",
                                 .message = "invalid multipart/form-data: " + problem});
}

Result<QByteArray> fieldName(QByteArrayView headers)
{
    const Result<QByteArrayView> value = disposition(headers);
    if (!value)
        return std::unexpected(value.error());
    const std::vector<QByteArray> names = parameters(*value, "name");
    const bool isClear = names.size() <= 1 && parameters(*value, "name", false) == names &&
                         parameters(*value, "name*").empty(); // RFC 7578 section 4.2 knows no such name
    if (!isClear)
        return invalidForm("a part's name is not said once, as name");
    return names.empty() ? QByteArray() : names.front();
}

bool isForm(QByteArrayView contentType)
{
    return isSame(beforeSemicolon(contentType), "multipart/form-data");
}

QByteArray boundaryOf(QByteArrayView contentType)
{
    if (!isForm(contentType) || contentType.contains('\\') || !parameters(contentType, "boundary*").empty())
        return {};
    const std::vector<QByteArray> found = parameters(contentType, "boundary");
    return found.size() == 1 && isBoundary(found.front()) ? found.front() : QByteArray();
}

} // namespace lunargate::passthrough
