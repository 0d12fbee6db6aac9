// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/secret_names.h"

#include <QByteArray>

#include <algorithm>
#include <array>

namespace lunargate {

bool namesSecret(QByteArrayView name)
{
    static constexpr std::array<QByteArrayView, 9> kSigns = {"key",   "token",      "auth", "secret",   "cookie",
                                                             "passw", "credential", "jwt",  "signature"};
    // How many tokens are left, and what makes a repeated request known, is no secret and good to know.
    static constexpr std::array<QByteArrayView, 2> kOthers = {"ratelimit", "idempotency-key"};
    const QByteArray lowerCase = name.toByteArray().toLower();
    if (std::ranges::any_of(kOthers, [&](QByteArrayView other) { return lowerCase.contains(other); }))
        return false;
    return std::ranges::any_of(kSigns, [&](QByteArrayView sign) { return lowerCase.contains(sign); });
}

} // namespace lunargate
