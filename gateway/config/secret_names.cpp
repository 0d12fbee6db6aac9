// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/secret_names.h"

#include <QByteArray>

#include <algorithm>
#include <array>

namespace lunargate {

bool namesSecret(QByteArrayView name)
{
    static constexpr std::array<QByteArrayView, 5> kSigns = {"key", "token", "auth", "secret", "cookie"};
    const QByteArray lowerCase = name.toByteArray().toLower();
    return std::ranges::any_of(kSigns, [&](QByteArrayView sign) { return lowerCase.contains(sign); });
}

} // namespace lunargate
