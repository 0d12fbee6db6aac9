// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <cstdio>

namespace lunargate {

/// Writes `text` to standard output or standard error at once, zero bytes included.
inline void print(std::FILE *where, const QByteArray &text)
{
    std::fwrite(text.constData(), 1, static_cast<size_t>(text.size()), where);
    std::fflush(where);
}

} // namespace lunargate
