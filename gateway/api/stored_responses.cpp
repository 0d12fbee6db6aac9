// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/stored_responses.h"

#include "gateway/api/response_state.h"
#include "gateway/json/text_writer.h"
#include "gateway/pipeline/responses_tool.h"

#include <QUrlQuery>

#include <algorithm>

namespace lunargate::api {

namespace {

constexpr QByteArrayView kResponsesPath = "/v1/responses/";

// OpenAI API reference, "List input items".
constexpr int kUsualItems = 20;
constexpr int kMostItems = 100;

/// What stands behind `/v1/responses/`.
struct ResponsePath
{
    QByteArray id;
    QByteArray rest; ///< behind the id and a slash; empty: nothing
};

ResponsePath pathOf(const RequestContext &context)
{
    const QByteArray tail = canonicalPath(context.exchange.request.path()).sliced(kResponsesPath.size());
    const qsizetype slash = tail.indexOf('/');
    if (slash < 0)
        return {.id = QByteArray::fromPercentEncoding(tail), .rest = {}};
    return {.id = QByteArray::fromPercentEncoding(tail.first(slash)), .rest = tail.sliced(slash + 1)};
}

Error responseNotFound(const QByteArray &id)
{
    return {.kind = ErrorKind::NotFound,
            .reason = "response_not_found",
            .message = "Response with id '" + id + "' not found.",
            .param = "response_id"};
}

// Of what the provider has under the same id.
QByteArray upstreamPath(const QByteArray &id, QByteArrayView rest = {})
{
    return "/responses/" + id.toPercentEncoding() + rest.toByteArray();
}

std::optional<RoutePlan> keeperOf(const RequestContext &context, const StoredResponse &response)
{
    return planKeeper(*context.runtime, response);
}

Error noSuchPath(const RequestContext &context)
{
    return {.kind = ErrorKind::NotFound,
            .reason = "unknown_path",
            .message = "there is no " + context.exchange.request.method + ' ' +
                       context.exchange.request.path().toByteArray() + " here"};
}

QUrlQuery queryOf(const QByteArray &target)
{
    const qsizetype mark = target.indexOf('?');
    return QUrlQuery(QString::fromUtf8(mark < 0 ? QByteArray() : target.sliced(mark + 1)));
}

QByteArray valueOf(const QUrlQuery &query, const char *name)
{
    return query.queryItemValue(QString::fromLatin1(name), QUrl::FullyDecoded).toUtf8();
}

/// Which items of a response are asked for.
struct Page
{
    QByteArray after; ///< the id of the last one that the client has; empty: from the start
    int limit = kUsualItems;
    bool isAscending = false;
};

Result<Page> readPage(const QUrlQuery &query)
{
    Page page{.after = valueOf(query, "after")};
    if (const QByteArray limit = valueOf(query, "limit"); !limit.isEmpty()) {
        bool isNumber = false;
        page.limit = limit.toInt(&isNumber);
        if (!isNumber || page.limit < 1 || page.limit > kMostItems)
            return refusedBody("invalid_value", "`limit` must be a whole number from 1 to 100", "limit");
    }
    const QByteArray order = valueOf(query, "order");
    if (!order.isEmpty() && order != "asc" && order != "desc")
        return refusedBody("invalid_value", "`order` must be asc or desc", "order");
    page.isAscending = order == "asc";
    return page;
}

QByteArray listBody(const std::vector<json::Value> &items, bool hasMore)
{
    json::TextWriter json;
    json.beginObject().member("object", "list").key("data").beginArray();
    for (const json::Value item : items)
        json.value(item);
    json.endArray();
    for (const auto &[name, at] : {std::pair("first_id", size_t(0)), std::pair("last_id", items.size() - 1)}) {
        json.key(name);
        if (items.empty())
            json.null();
        else
            json.value(items[at]["id"]);
    }
    json.member("has_more", hasMore).endObject();
    return std::move(json).text();
}

Result<QByteArray> inputItems(const StoredResponse &response, const Page &page)
{
    const std::optional<json::Document> document = json::Document::parse(response.inputItems);
    std::vector<json::Value> items;
    if (document) {
        for (const json::Value item : document->root().elements())
            items.push_back(item);
    }
    if (!page.isAscending)
        std::ranges::reverse(items);
    auto begin = items.begin();
    if (!page.after.isEmpty()) {
        begin = std::ranges::find_if(
            items, [&](json::Value item) { return item["id"].string() == QByteArrayView(page.after); });
        if (begin == items.end())
            return refusedBody("item_not_found", "Item with id '" + page.after + "' not found.", "after");
        ++begin;
    }
    const auto end = begin + std::min<qsizetype>(page.limit, items.end() - begin);
    return listBody({begin, end}, end != items.end());
}

void respondItems(RequestContext &context, const StoredResponse &response, const QUrlQuery &query)
{
    const Result<Page> page = readPage(query);
    if (!page)
        return context.respondError(page.error());
    const Result<QByteArray> body = inputItems(response, *page);
    if (!body)
        return context.respondError(body.error());
    context.respond(200, "application/json", *body);
}

// Somebody else deleted it, or it is too old.
bool isGone(const UpstreamFailure &failure)
{
    return failure.fromProvider && failure.error.upstreamStatus == 404;
}

// Its keeper says how it stands, which is kept in place of what was known.
Task<> tellRunning(RequestContext &context, SharedResponse known, const RoutePlan &keeper, QByteArrayView method,
                   QByteArray path)
{
    const AttemptResult asked = co_await askKeeper(context, method, std::move(path), keeper);
    if (asked)
        keepNewer(context, known, asked->whole.body);
    respondKeepers(context, asked);
}

} // namespace

Task<> storedResponse(RequestContext &context, const GatewayStatus &)
{
    const ResponsePath path = pathOf(context);
    if (!path.rest.isEmpty() && path.rest != "input_items")
        co_return context.respondError(noSuchPath(context));
    const QUrlQuery query = queryOf(context.exchange.request.target);
    const SharedResponse response = findResponse(context, path.id);
    if (!response)
        co_return context.respondError(responseNotFound(path.id));
    if (valueOf(query, "stream") == "true")
        co_return context.respondError(
            refusedBody("unsupported_parameter",
                        "the events of a response are not told again; ask for it without `stream`, and again as long "
                        "as its `status` is queued or in_progress",
                        "stream")
                .error());
    if (!path.rest.isEmpty())
        co_return respondItems(context, *response, query);
    if (const auto keeper = keeperOf(context, *response); keeper && response->isRunning())
        co_return co_await tellRunning(context, response, *keeper, "GET", upstreamPath(path.id));
    context.respond(200, "application/json", response->object);
}

Task<> deleteResponse(RequestContext &context, const GatewayStatus &)
{
    const ResponsePath path = pathOf(context);
    if (!path.rest.isEmpty())
        co_return context.respondError(noSuchPath(context));
    const QByteArray owner = context.caller.identity();
    const SharedResponse response = context.services.responses->find(owner, path.id);
    if (!response)
        co_return context.respondError(responseNotFound(path.id));
    if (const auto keeper = keeperOf(context, *response)) {
        const AttemptResult deleted = co_await askKeeper(context, "DELETE", upstreamPath(path.id), *keeper);
        if (!deleted && !isGone(deleted.error()))
            co_return context.respondFailure(deleted.error());
    }
    context.services.responses->erase(owner, path.id);
    json::TextWriter json;
    json.beginObject().member("id", path.id).member("object", "response").member("deleted", true).endObject();
    context.respond(200, "application/json", json.text());
}

Task<> cancelResponse(RequestContext &context, const GatewayStatus &)
{
    const ResponsePath path = pathOf(context);
    if (path.rest != "cancel")
        co_return context.respondError(noSuchPath(context));
    const SharedResponse response = findResponse(context, path.id);
    if (!response)
        co_return context.respondError(responseNotFound(path.id));
    if (const auto keeper = keeperOf(context, *response); keeper && response->isRunning())
        co_return co_await tellRunning(context, response, *keeper, "POST", upstreamPath(path.id, "/cancel"));
    // What is kept is over, and what runs has no id that anybody knows but the one who can hang up.
    context.respondError(refusedBody("cannot_cancel_response",
                                     "Cannot cancel a synchronous response; close its connection instead.",
                                     "response_id")
                             .error());
}

} // namespace lunargate::api
