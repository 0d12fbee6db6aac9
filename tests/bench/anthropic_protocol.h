// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/bench/protocol.h"

namespace lunargate::bench {

/// Messages, as Anthropic's API reference describes them.
class AnthropicProtocol : public Protocol
{
public:
    std::string_view name() const override { return "anthropic"; }
    Asked asked(std::string_view target, std::string_view body) const override;
    std::string completion(std::string_view text) const override;
    std::string start() const override;
    std::string content(const ChunkStamp &stamp) const override;
    std::string finish(int chunks) const override;
    std::string endMark(int chunks) const override;
};

} // namespace lunargate::bench
