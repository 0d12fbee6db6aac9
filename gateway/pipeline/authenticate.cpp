// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/authenticate.h"

#include <algorithm>

namespace lunargate {

namespace {

std::unexpected<Error> invalidKey()
{
    return std::unexpected(
        Error{.kind = ErrorKind::InvalidKey, .reason = "invalid_api_key", .message = "invalid API key"});
}

// "Bearer KEY" -> KEY; nothing if the prefix is another one
std::optional<QByteArray> withoutPrefix(const QByteArray &value, const QByteArray &prefix)
{
    if (prefix.isEmpty())
        return value.trimmed();
    const QByteArray simple = value.simplified();
    if (simple.size() <= prefix.size() || simple.at(prefix.size()) != ' ' ||
        simple.first(prefix.size()).compare(prefix, Qt::CaseInsensitive) != 0)
        return std::nullopt;
    return simple.sliced(prefix.size() + 1);
}

// Every key is compared, so that the time tells nothing about which one it was.
bool isKnown(const SecurityConfig &security, const QByteArray &candidate)
{
    bool isKnown = false;
    for (const SecurityConfig::Key &key : security.keys)
        isKnown |= key.value.matches(candidate);
    return isKnown;
}

} // namespace

Result<void> authenticate(const SecurityConfig &security, const HeaderList &clientHeaders)
{
    if (!security.enabled)
        return {};
    std::optional<QByteArray> candidate;
    const std::optional<QByteArray> primary = clientHeaders.value(security.header);
    if (primary)
        candidate = withoutPrefix(*primary, security.prefix);
    const std::optional<QByteArray> alternative = clientHeaders.value("X-API-Key");
    if (!candidate && security.allowXApiKey)
        candidate = alternative;

    if (!candidate && !primary) {
        return std::unexpected(Error{.kind = ErrorKind::MissingKey,
                                     .reason = "missing_api_key",
                                     .message = "missing API key; send it as '" + security.header + ": " +
                                                (security.prefix.isEmpty() ? QByteArray() : security.prefix + ' ') +
                                                "KEY'"});
    }
    if (!candidate || !isKnown(security, *candidate))
        return invalidKey();
    return {};
}

Result<void> authenticateAdmin(const SecurityConfig &security, const HttpRequest &request)
{
    if (security.enabled)
        return authenticate(security, request.headers);
    static constexpr QByteArrayView kForwarded[] = {"Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"};
    const bool isForwarded =
        std::ranges::any_of(kForwarded, [&](QByteArrayView name) { return request.headers.contains(name); });
    if (request.peer.isLoopback() && !isForwarded)
        return {};
    return std::unexpected(Error{.kind = ErrorKind::Forbidden,
                                 .reason = "admin_not_local",
                                 .message = "without `security`, /admin answers only clients on the gateway's own "
                                            "machine; give a key `admin: true` to use it from elsewhere"});
}

} // namespace lunargate
