// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/request_check.h"

#include <algorithm>

namespace lunargate {

namespace {

// RFC 9110 section 5.1 (token) and 5.5 (no CR, LF or NUL).
bool isValidField(const HeaderList::Field &field)
{
    const auto isTokenCharacter = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               QByteArrayView("!#$%&'*+-.^_`|~").contains(c);
    };
    return !field.name.isEmpty() && std::ranges::all_of(field.name, isTokenCharacter) &&
           std::ranges::none_of(field.value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

Error invalidRequest(QByteArray reason, QByteArray message)
{
    return Error{.kind = ErrorKind::UpstreamTransport, .reason = std::move(reason), .message = std::move(message)};
}

} // namespace

Result<void> checkRequest(const UpstreamRequest &request)
{
    const QString scheme = request.url.scheme();
    // Network clients would also open files and more.
    if ((scheme != u"http" && scheme != u"https") || request.url.host().isEmpty())
        return std::unexpected(invalidRequest(
            "invalid_url", "A provider's base_url must begin with http:// or https:// and name a host."));
    for (const HeaderList::Field &field : request.headers) {
        if (!isValidField(field)) {
            return std::unexpected(invalidRequest(
                "invalid_header", "A header for the provider holds characters that HTTP does not allow: " +
                                      field.name.toPercentEncoding() + '.'));
        }
    }
    return {};
}

} // namespace lunargate
