// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/passthrough.h"

#include "gateway/pipeline/passthrough_pipeline.h"

#include <algorithm>

namespace lunargate::api {

namespace {

QByteArray pathOf(const RequestContext &context)
{
    return canonicalPath(context.exchange.request.path());
}

bool isId(QByteArrayView text)
{
    const auto mayBeThere = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
               c == '.';
    };
    return !text.isEmpty() && text != "." && text != ".." && std::ranges::all_of(text, mayBeThere);
}

// Nothing but what is meant may be reached at a provider with its key: `ID`, or `ID/ACTION` where there is one.
bool isKnown(QByteArrayView tail, QByteArrayView endpoint)
{
    const qsizetype slash = tail.indexOf('/');
    const QByteArrayView id = slash < 0 ? tail : tail.first(slash);
    const QByteArrayView action = slash < 0 ? QByteArrayView() : tail.sliced(slash);
    if (!isId(id))
        return false;
    if (endpoint == "file")
        return action.isEmpty() || action == "/content";
    return action == (endpoint == "batch_cancel" ? QByteArrayView("/cancel") : QByteArrayView());
}

} // namespace

Task<> completions(RequestContext &context, const GatewayStatus &)
{
    return runPassthroughPipeline(context, {.path = pathOf(context), .hasCompletionEvents = true});
}

Task<> passthrough(RequestContext &context, const GatewayStatus &)
{
    return runPassthroughPipeline(context, {.path = pathOf(context)});
}

Task<> keptByProvider(RequestContext &context, const GatewayStatus &)
{
    QByteArray path = pathOf(context);
    constexpr qsizetype kFirstName = 4; // behind `/v1/`
    const qsizetype tail = path.indexOf('/', kFirstName);
    if (tail > 0 && !isKnown(QByteArrayView(path).sliced(tail + 1), context.record.endpoint)) {
        context.respondError({.kind = ErrorKind::NotFound,
                              .reason = "unknown_path",
                              .message = "there is no " + context.exchange.request.method + ' ' + path + " here"});
        co_return;
    }
    co_await runPassthroughPipeline(context, {.path = std::move(path), .namesModel = false});
}

} // namespace lunargate::api
