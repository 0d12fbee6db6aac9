// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/protocol.h"

#include <algorithm>
#include <array>

namespace lunargate::bench {

namespace {

// A request names its stream flag among its first or its last members; searching 512 KiB for it would be the main cost.
constexpr std::size_t searchedBytes = 512;

} // namespace

Protocol::Asked Protocol::asked(std::string_view target, std::string_view body) const
{
    if (target != path())
        return Asked::Nothing;
    return bodyAsksForStream(body) ? Asked::Stream : Asked::Completion;
}

std::span<const Protocol *const> protocols()
{
    static const std::array<const Protocol *, 5> all{&openAiProtocol(), &anthropicProtocol(), &geminiProtocol(),
                                                     &ollamaProtocol(), &responsesProtocol()};
    return all;
}

bool bodyAsksForStream(std::string_view body)
{
    const auto says = [](std::string_view part) {
        return part.contains("\"stream\":true") || part.contains("\"stream\": true");
    };
    return says(body.substr(0, searchedBytes)) || says(body.substr(body.size() - std::min(body.size(), searchedBytes)));
}

} // namespace lunargate::bench
