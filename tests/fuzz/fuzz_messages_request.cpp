// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/request_reader.h"
#include "tests/fuzz/request_check.h"

#include <QRegularExpression>

namespace {

// Anthropic refuses calls whose ids have other characters, so that these are written anew.
bool hasPlainIds(lunargate::json::Value root)
{
    static const QRegularExpression kPlain(QStringLiteral("^[a-zA-Z0-9_-]*\\z"));
    for (const lunargate::json::Value message : root["messages"].elements()) {
        for (const lunargate::json::Value block : message["content"].elements()) {
            for (const char *name : {"id", "tool_use_id"}) {
                if (!kPlain.match(QString::fromUtf8(block[name].string())).hasMatch())
                    return false;
            }
        }
    }
    return true;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace lunargate;
    static const ProviderRegistry providers = fuzz::everyProvider();
    const QByteArray body = fuzz::view(data, size).toByteArray();
    Result<anthropic_messages::ReadCall> call = anthropic_messages::readRequest(body, 64);
    if (!call)
        return 0;
    ChatRequest &request = call->request;
    fuzz::require(request.native && request.native->body == body, "the client's bytes are kept");
    if (!normalise(request))
        return 0;
    fuzz::checkCalls(providers, request);
    fuzz::checkWrittenBody(request);
    const PreparedCall native = providers.find("anthropic", false)->chatCall(request, request.model);
    fuzz::require(native.has_value() && (*native)->isNative, "a provider of the same protocol takes everything");
    if (!body.contains("lunargate:") && hasPlainIds(request.native->document.root()))
        fuzz::require(request.model.isEmpty() || (*native)->request.body == body, "its bytes pass");
    return 0;
}
