// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <functional>
#include <string_view>
#include <vector>

namespace lunargate::bench {

/// A piece of the gateway's work that is measured alone, without sockets and threads.
struct Part
{
    /// Does the work once and says how much came of it (bytes, events …); 0: it failed.
    using Work = std::move_only_function<qsizetype()>;

    std::string_view name;      ///< `FOLDER/WHAT`
    int iterations = 0;         ///< of which instructions are counted; enough to outweigh what the first one costs more
    std::function<Work()> make; ///< with its input, which the measurement leaves out
};

// The same input on every run and machine.
std::vector<Part> cacheParts();
std::vector<Part> chatParts();
std::vector<Part> dialectParts();
std::vector<Part> httpParts();
std::vector<Part> jsonParts();
std::vector<Part> limitParts();
std::vector<Part> providerParts();
std::vector<Part> routingParts();
std::vector<Part> streamParts();

/// All of them, in the order in which they are shown.
std::vector<Part> allParts();

} // namespace lunargate::bench
