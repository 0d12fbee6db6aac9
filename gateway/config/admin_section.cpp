// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/header_name.h"
#include "gateway/config/resolve_path.h"
#include "gateway/config/sections.h"

namespace lunargate {

namespace {

// It can be guessed by whoever runs programs on this machine.
constexpr qsizetype kShortestToken = 16;

void checkToken(ReadingContext &context, const SecretString &token, const Place &place)
{
    if (!isVisibleAscii(token.reveal()))
        context.error(place, "a token is sent in a header: it must have printable ASCII characters only, no spaces");
    else if (!token.isEmpty() && token.reveal().size() < kShortestToken)
        context.warn(place, "the token is so short that it can be guessed; make one with `openssl rand -hex 24`");
}

} // namespace

void readAdmin(SectionReader &root, AdminConfig &admin)
{
    root.section("admin", [&](SectionReader &section) {
        section.read("enabled", admin.enabled);
        section.read("port", admin.port, {.smallest = 0, .largest = 65'535});
        section.read("token", admin.token);
        section.read("token_file", admin.tokenFile);
        if (section.isDescribing())
            return;
        checkToken(section.context(), admin.token, section.placeOf("token"));
        resolvePath(section.context(), admin.tokenFile);
    });
}

} // namespace lunargate
