// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/ollama/call_reader.h"
#include "gateway/dialects/ollama/embeddings.h"
#include "tests/fuzz/request_check.h"

namespace {

using namespace lunargate;

QByteArray sameName(QByteArrayView name)
{
    return name.toByteArray();
}

void checkCall(Result<ollama_api::ReadCall> read, const QByteArray &body)
{
    if (!read)
        return fuzz::requireClientsMistake(read.error());
    if (!read->loadAnswer.isEmpty())
        fuzz::require(fuzz::isJson(read->loadAnswer), "an answer is JSON");
    ChatRequest &request = read->call->request;
    fuzz::require(request.native && request.native->body == body, "the client's own bytes are kept");
    if (!normalise(request))
        return;
    static const ProviderRegistry providers = fuzz::everyProvider(0.5);
    fuzz::checkCalls(providers, request);
    fuzz::checkWrittenBody(request);
    const PreparedCall native = providers.find("ollama", false)->chatCall(request, "model-1");
    fuzz::require(native.has_value(), "Ollama itself takes whatever was read");
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
            fuzz::requireClientsMistake(read.error());
        else if (read->request)
            fuzz::require(fuzz::isJson(read->request->body), "what is written is JSON");
    }
    return 0;
}
