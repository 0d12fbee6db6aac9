// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/credential.h"

#include <optional>

namespace lunargate {

namespace {

// "Bearer KEY" -> KEY; nothing if the prefix is another one
std::optional<QByteArray> withoutPrefix(const QByteArray &value, const QByteArray &prefix)
{
    if (prefix.isEmpty()) {
        QByteArray whole = value.trimmed();
        return whole.isEmpty() ? std::nullopt : std::optional(std::move(whole));
    }
    const QByteArray simple = value.simplified();
    if (simple.size() <= prefix.size() || simple.at(prefix.size()) != ' ' ||
        simple.first(prefix.size()).compare(prefix, Qt::CaseInsensitive) != 0)
        return std::nullopt;
    return simple.sliced(prefix.size() + 1);
}

} // namespace

std::expected<QByteArray, CredentialProblem> shownCredential(const SecurityConfig &security,
                                                             const HeaderList &clientHeaders)
{
    const std::optional<QByteArray> primary = clientHeaders.value(security.header);
    if (primary) {
        if (std::optional<QByteArray> credential = withoutPrefix(*primary, security.prefix))
            return *std::move(credential);
    }
    if (security.allowXApiKey) {
        for (const QByteArrayView name : {QByteArrayView("X-API-Key"), QByteArrayView("api-key")}) {
            QByteArray value = clientHeaders.value(name).value_or(QByteArray()).trimmed();
            if (!value.isEmpty())
                return value;
        }
    }
    return std::unexpected(primary ? CredentialProblem::Malformed : CredentialProblem::Missing);
}

} // namespace lunargate
