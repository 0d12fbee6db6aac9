// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/responses_call.h"
#include "tests/fuzz/request_check.h"

namespace {

using namespace lunargate;

void checkAnswer(ClientCall &call)
{
    const AnswerFacts facts{.requestId = "00112233-4455-6677-8899-aabbccddeeff", .model = "m", .provider = "p"};
    ModelAnswer answer{.completion = Completion{.text = "t"}};
    fuzz::require(fuzz::isJson(call.answerBody(answer, facts)),
                  "the answer is JSON, whatever it repeats of the request");
}

// As the first call of a conversation, and as one that goes on from itself.
void check(const QByteArray &bytes, const responses::EarlierTurns &earlier)
{
    Result<responses::ResponsesBody> body = responses::readBody(bytes, 64);
    if (!body)
        return;
    responses::FinishedResponse kept;
    Result<std::unique_ptr<ClientCall>> call = responses::readCall(
        *std::move(body), earlier, [&](responses::FinishedResponse finished) { kept = std::move(finished); });
    fuzz::require(call.has_value(), "what was read becomes a call");
    ChatRequest &request = (*call)->request;
    fuzz::require(request.native && fuzz::isJson(request.native->body), "the client's own words are JSON");
    if (!normalise(request))
        return;
    static const ProviderRegistry providers = fuzz::everyProvider();
    fuzz::checkCalls(providers, request);
    fuzz::checkWrittenBody(request);
    checkAnswer(**call);
    fuzz::require(fuzz::isJson(kept.inputItems) && fuzz::isJson(kept.outputItems) && fuzz::isJson(kept.object),
                  "what is kept is JSON");
    if (!earlier.previous)
        check(bytes, {.previous = responses::PreviousResponse{
                          .inputItems = kept.inputItems, .outputItems = kept.outputItems, .providerId = "openai"}});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check(fuzz::view(data, size).toByteArray(), {});
    return 0;
}
