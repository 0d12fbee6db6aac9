// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/on_chat_path.h"
#include "tests/fuzz/request_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace lunargate;
    static const ProviderRegistry providers = fuzz::everyProvider();
    Result<ChatRequest> request = openai_chat::readRequest(fuzz::view(data, size).toByteArray(), 64);
    if (!request)
        return 0;
    if (std::optional<QByteArray> nested = responses::withToolsOfChat(*request)) {
        request = openai_chat::readRequest(*std::move(nested), 128);
        fuzz::require(request && !responses::withToolsOfChat(*request), "tools are nested once, and can be read");
    }
    if (normalise(*request))
        fuzz::checkCalls(providers, *request);
    return 0;
}
