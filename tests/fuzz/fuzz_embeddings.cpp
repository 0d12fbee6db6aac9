// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_embeddings/request_reader.h"
#include "gateway/providers/gemini/gemini_provider.h"
#include "gateway/providers/ollama/ollama_provider.h"
#include "gateway/providers/openai/openai_provider.h"
#include "tests/fuzz/provider_check.h"

namespace {

using namespace lunargate;

void checkAnswer(const Provider &provider, const QByteArray &body, bool isBase64)
{
    static const QByteArray kAsked = R"({"model":"m","input":["a","b"]})";
    static const QByteArray kAskedBase64 = R"({"model":"m","input":["a","b"],"encoding_format":"base64"})";
    const Result<EmbeddingsRequest> request = openai_embeddings::readRequest(isBase64 ? kAskedBase64 : kAsked, 64);
    fuzz::require(request.has_value(), "the request is read");
    const PreparedCall call = provider.embeddingsCall(*request, "m");
    fuzz::require(call.has_value(), "the call is made");
    const auto answer = (*call)->readAnswer(body);
    if (answer)
        fuzz::require(json::Document::parse(answer->body).has_value(), "an answer is JSON");
}

void checkRequest(const Provider &provider, const EmbeddingsRequest &request)
{
    const PreparedCall call = provider.embeddingsCall(request, "m");
    fuzz::require(!call || json::Document::parse((*call)->request.body).has_value(), "what is sent is JSON");
}

} // namespace

// The first byte says in which form the client wants its vectors; the rest is an answer, and a request.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const OpenAiProvider openai(fuzz::config(Protocol::OpenAi));
    static const GeminiProvider gemini(fuzz::config(Protocol::Gemini));
    static const OllamaProvider ollama(fuzz::config(Protocol::Ollama));
    const QByteArrayView input = fuzz::view(data, size);
    if (input.isEmpty())
        return 0;
    const QByteArray body = input.sliced(1).toByteArray();
    const Result<EmbeddingsRequest> request = openai_embeddings::readRequest(body, 64);
    for (const Provider *provider : std::initializer_list<const Provider *>{&openai, &gemini, &ollama}) {
        checkAnswer(*provider, body, input[0] % 2 != 0);
        const Result<ModelPage> models = provider->readModels(body);
        fuzz::require(!models || models->models.size() <= static_cast<size_t>(body.size()),
                      "no model comes from nowhere");
        if (request)
            checkRequest(*provider, *request);
    }
    return 0;
}
