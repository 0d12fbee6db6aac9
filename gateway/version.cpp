// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/version.h"

namespace lunargate {

const char *version()
{
    return LUNARGATE_VERSION;
}

} // namespace lunargate
