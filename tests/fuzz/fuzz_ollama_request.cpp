// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/ollama/call_reader.h"
#include "gateway/dialects/ollama/embeddings.h"
#include "gateway/providers/provider_registry.h"
#include "tests/fuzz/provider_check.h"

namespace {

using namespace lunargate;

// One provider of every protocol that is called over the network.
constexpr std::pair<const char *, Protocol> kProviders[] = {{"openai", Protocol::OpenAi},
                                                            {"anthropic", Protocol::Anthropic},
                                                            {"gemini", Protocol::Gemini},
                                                            {"ollama", Protocol::Ollama}};

std::vector<ProviderConfig> configs()
{
    std::vector<ProviderConfig> result;
    for (const auto &[id, protocol] : kProviders) {
        result.push_back(fuzz::config(protocol));
        result.back().id = id;
        result.back().temperature = 0.5;
    }
    return result;
}

QByteArray sameName(QByteArrayView name)
{
    return name.toByteArray();
}

void checkError(const Error &error)
{
    fuzz::require(error.kind == ErrorKind::InvalidRequest && !error.message.isEmpty(),
                  "what is not read or sent is the client's mistake, and it is told why");
}

void checkCall(Result<ollama_api::ReadCall> read, const QByteArray &body)
{
    if (!read)
        return checkError(read.error());
    if (!read->loadAnswer.isEmpty())
        fuzz::require(json::Document::parse(read->loadAnswer).has_value(), "an answer is JSON");
    ChatRequest &request = read->call->request;
    fuzz::require(request.native && request.native->body == body, "the client's own bytes are kept");
    fuzz::require(json::Document::parse(request.body).has_value(), "what is written is JSON");
    if (!normalise(request))
        return;
    static const ProviderRegistry providers(configs());
    for (const auto &[id, protocol] : kProviders) {
        for (const bool responses : {false, true}) {
            const PreparedCall call = providers.find(id, responses)->chatCall(request, "model-1");
            if (call)
                fuzz::require(json::Document::parse((*call)->request.body).has_value(), "what is sent is JSON");
            else
                checkError(call.error());
            fuzz::require(call || protocol != Protocol::Ollama, "Ollama itself takes whatever was read");
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray body = fuzz::view(data, size).toByteArray();
    checkCall(ollama_api::readChatCall(body, 64, &sameName), body);
    checkCall(ollama_api::readGenerateCall(body, 64, &sameName), body);
    for (const auto kind : {ollama_api::EmbedKind::Embed, ollama_api::EmbedKind::Embeddings}) {
        const auto read = ollama_api::readEmbeddings(body, 64, kind, &sameName);
        if (!read)
            checkError(read.error());
        else if (read->request)
            fuzz::require(json::Document::parse(read->request->body).has_value(), "what is written is JSON");
    }
    return 0;
}
