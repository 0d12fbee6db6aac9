// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/parts/part.h"

namespace lunargate::bench {

std::vector<Part> allParts()
{
    std::vector<Part> result;
    for (const auto make : {&httpParts, &jsonParts, &chatParts, &dialectParts, &limitParts, &routingParts, &cacheParts,
                            &providerParts, &streamParts}) {
        for (Part &part : make())
            result.push_back(std::move(part));
    }
    return result;
}

} // namespace lunargate::bench
