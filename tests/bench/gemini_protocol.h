// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/bench/protocol.h"

namespace lunargate::bench {

/// generateContent and streamGenerateContent, as the Gemini API reference describes them.
class GeminiProtocol : public Protocol
{
public:
    std::string_view name() const override { return "gemini"; }
    Asked asked(std::string_view target, std::string_view body) const override;
    std::string completion(std::string_view text) const override;
    std::string start() const override;
    std::string content(const ChunkStamp &stamp) const override;
    std::string finish(int chunks) const override;
    std::string endMark(int chunks) const override;
};

} // namespace lunargate::bench
