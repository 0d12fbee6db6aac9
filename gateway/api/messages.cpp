// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/messages.h"

#include "gateway/dialects/anthropic_messages/anthropic_messages_dialect.h"
#include "gateway/pipeline/chat_pipeline.h"
#include "gateway/pipeline/count_tokens.h"

#include <algorithm>

namespace lunargate::api {

namespace {

// What the body means depends on these; everything else, the client's key before all, stays here.
bool isForAnthropic(QByteArrayView name)
{
    static constexpr QByteArrayView kNames[] = {"anthropic-version", "anthropic-beta"};
    return std::ranges::any_of(
        kNames, [name](QByteArrayView forwarded) { return name.compare(forwarded, Qt::CaseInsensitive) == 0; });
}

// `?beta=true` says that the body may have members of betas.
QByteArray betaQuery(QByteArrayView target)
{
    constexpr QByteArrayView kBeta = "beta=true";
    const qsizetype begin = target.indexOf('?');
    const bool hasBeta = begin >= 0 && target.sliced(begin + 1).toByteArray().split('&').contains(kBeta.toByteArray());
    return hasBeta ? kBeta.toByteArray() : QByteArray();
}

Result<std::unique_ptr<ClientCall>> readCall(RequestContext &context)
{
    HttpRequest &request = context.exchange.request;
    anthropic_messages::CallHead head{.query = betaQuery(request.target)};
    for (const HeaderList::Field &field : request.headers) {
        if (isForAnthropic(field.name))
            head.headers.add(field.name.toLower(), field.value);
    }
    // The body moves on: nobody else needs it, and it can be large.
    return anthropic_messages::readCall(std::move(request.body), context.runtime->config->server.maxJsonDepth,
                                        std::move(head));
}

} // namespace

Task<> messages(RequestContext &context, const GatewayStatus &)
{
    return runChatPipeline(context, readCall(context));
}

Task<> countMessageTokens(RequestContext &context, const GatewayStatus &)
{
    return countTokens(context, readCall(context));
}

} // namespace lunargate::api
