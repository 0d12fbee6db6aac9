// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/anthropic_provider.h"
#include "tests/fuzz/provider_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const lunargate::AnthropicProvider provider(lunargate::fuzz::config(lunargate::Protocol::Anthropic));
    lunargate::fuzz::checkProvider(provider, lunargate::fuzz::view(data, size));
    return 0;
}
