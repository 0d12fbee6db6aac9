// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/ollama/ollama_provider.h"
#include "tests/fuzz/provider_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const lunargate::OllamaProvider provider(lunargate::fuzz::config(lunargate::Protocol::Ollama));
    lunargate::fuzz::checkProvider(provider, lunargate::fuzz::view(data, size));
    return 0;
}
