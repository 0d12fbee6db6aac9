// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/sections.h"

namespace lunargate {

void readAdmin(SectionReader &root, AdminConfig &admin)
{
    root.section("admin", [&](SectionReader &section) {
        section.read("enabled", admin.enabled);
        section.read("port", admin.port, {.smallest = 0, .largest = 65'535});
        section.read("token", admin.token);
        section.read("token_file", admin.tokenFile);
    });
}

} // namespace lunargate
