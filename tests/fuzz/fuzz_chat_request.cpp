// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/on_chat_path.h"
#include "tests/fuzz/request_check.h"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace lunargate;
    static const ProviderRegistry providers = fuzz::everyProvider();
    Result<ChatRequest> request = openai_chat::readRequest(fuzz::view(data, size).toByteArray(), 64);
    if (!request)
        return 0;
    const std::vector<json::Member> walked = json::membersOf(request->body, request->object);
    const auto isSame = [](const json::Member &one, const json::Member &other) {
        return one.key == other.key && one.value.begin == other.value.begin && one.value.end == other.value.end &&
               one.whole.begin == other.whole.begin && one.whole.end == other.whole.end;
    };
    fuzz::require(std::ranges::equal(request->members, walked, isSame), "members stand where a walk finds them");
    if (std::optional<QByteArray> nested = responses::withToolsOfChat(*request)) {
        request = openai_chat::readRequest(*std::move(nested), 128);
        fuzz::require(request && !responses::withToolsOfChat(*request), "tools are nested once, and can be read");
    }
    if (normalise(*request))
        fuzz::checkCalls(providers, *request);
    return 0;
}
