// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace lunargate::bench {

/// Where a client finds things in a stream of the protocol that it speaks.
struct StreamFormat
{
    std::string_view contentType;
    std::string_view separator;   ///< behind every event
    std::string_view prefix;      ///< before an event's JSON object
    std::string_view contentMark; ///< is in events that bring text, and in no others
    std::string_view contentKey;  ///< stands before that text
    std::string_view finish;      ///< is in an event that tells why the answer ended
    std::string_view usage;       ///< is in an event that tells how many tokens there were
    std::string_view end;         ///< is in the last event
    bool hasNames = false;        ///< each event has a line with its name
};

/// The one of the endpoint of that path; OpenAI's chat completions if it is none that is known.
const StreamFormat &streamFormatOf(std::string_view path);

} // namespace lunargate::bench
