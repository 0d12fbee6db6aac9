// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/pattern_check.h"
#include "gateway/config/sections.h"

namespace lunargate {

void readHistory(SectionReader &root, HistoryConfig &history)
{
    root.section("history", [&](SectionReader &section) {
        section.read("enabled", history.enabled);
        section.read("capture", history.capture);
        section.read("path", history.path);
        section.read("max_age", history.maxAge);
        section.read("max_count", history.maxCount, {.smallest = 1});
        section.readSize("max_bytes", history.maxBytes, {.smallest = 1024LL * 1024});
        section.readSize("max_body_bytes", history.maxBodyBytes, {.smallest = 0});
        for (auto &[pattern, place] : section.readPatterns("redact")) {
            if (const QByteArray problem = patternProblem(pattern); !problem.isEmpty())
                section.context().error(place, "this is no regular expression in RE2 syntax: " + problem);
            history.redact.push_back(std::move(pattern));
        }
    });
}

} // namespace lunargate
