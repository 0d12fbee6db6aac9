// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/header_name.h"

#include <algorithm>

namespace lunargate {

bool isHeaderName(QByteArrayView name)
{
    constexpr QByteArrayView marks = "!#$%&'*+-.^_`|~";
    return !name.isEmpty() && std::ranges::all_of(name, [marks](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || marks.contains(c);
    });
}

bool isVisibleAscii(QByteArrayView text)
{
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

} // namespace lunargate
