// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/response_state.h"

#include "gateway/dialects/openai_responses/native_answer.h"
#include "gateway/json/writer.h"

#include <set>

namespace lunargate::api {

namespace {

std::unexpected<Error> itemNotFound(const QByteArray &id)
{
    return refusedBody("item_not_found", "Item with id '" + id + "' not found.", "input");
}

bool isOthers(const RequestContext &context, const QByteArray &id)
{
    return context.services.responses->isOnlyOthers(context.caller.identity(), id);
}

using Items = std::map<QByteArray, responses::KnownItem>;

// Those of the array's items that are wanted, by id.
void collectItems(const QByteArray &array, const QByteArray &providerId, const std::set<QByteArray> &wanted,
                  Items &items)
{
    const std::optional<json::Document> document = json::Document::parse(array);
    if (!document)
        return;
    for (const json::Value item : document->root().elements()) {
        if (QByteArray id = item["id"].toByteArray(); wanted.contains(id))
            items.emplace(std::move(id), responses::KnownItem{.json = json::toText(item), .providerId = providerId});
    }
}

// The gateway's own items tell the response that they belong to.
SharedResponse responseWith(const RequestContext &context, const QByteArray &itemId)
{
    if (const QByteArray response = responses::responseOfItem(itemId); !response.isEmpty())
        return findResponse(context, response);
    ResponseStore &store = *context.services.responses;
    const QByteArray &webSocket = context.exchange.request.webSocket;
    if (!webSocket.isEmpty()) {
        if (SharedResponse found = store.findByItem(connectionOwner(context.caller, webSocket), itemId))
            return found;
    }
    return store.findByItem(context.caller.identity(), itemId);
}

bool isOthersItem(const RequestContext &context, const QByteArray &itemId)
{
    const QByteArray response = responses::responseOfItem(itemId);
    return response.isEmpty() ? context.services.responses->isOnlyOthersItem(context.caller.identity(), itemId)
                              : isOthers(context, response);
}

Result<void> findItems(const RequestContext &context, const responses::ResponsesBody &body, Items &items)
{
    std::map<SharedResponse, std::set<QByteArray>> byResponse; // each is read once, however often it is referred to
    for (const QByteArray &id : body.itemReferences) {
        if (const SharedResponse response = responseWith(context, id))
            byResponse[response].insert(id);
        else if (isOthersItem(context, id))
            return itemNotFound(id);
    }
    for (const auto &[response, ids] : byResponse) {
        collectItems(response->outputItems, response->providerId, ids, items);
        collectItems(response->inputItems, response->providerId, ids, items);
    }
    return {};
}

} // namespace

QByteArray connectionOwner(const Caller &caller, const QByteArray &webSocket)
{
    return caller.identity() + '\n' + webSocket; // no identity has a line feed in it
}

SharedResponse findResponse(const RequestContext &context, const QByteArray &id)
{
    ResponseStore &store = *context.services.responses;
    const QByteArray &webSocket = context.exchange.request.webSocket;
    if (!webSocket.isEmpty()) {
        if (SharedResponse found = store.find(connectionOwner(context.caller, webSocket), id))
            return found;
    }
    return store.find(context.caller.identity(), id);
}

Result<responses::EarlierTurns> earlierTurns(const RequestContext &context, const responses::ResponsesBody &body)
{
    responses::EarlierTurns earlier;
    if (const QByteArray &id = body.previousResponseId; !id.isEmpty()) {
        if (const SharedResponse found = findResponse(context, id))
            earlier.previous = responses::PreviousResponse{.inputItems = found->inputItems,
                                                           .outputItems = found->outputItems,
                                                           .providerId = found->providerId,
                                                           .isRunning = found->isRunning()};
        else if (isOthers(context, id))
            return std::unexpected(responses::previousResponseNotFound(id));
    }
    if (Result<void> found = findItems(context, body, earlier.items); !found)
        return std::unexpected(std::move(found.error()));
    return earlier;
}

responses::OnFinished keeper(const RequestContext &context, const responses::ResponsesBody &body)
{
    const QByteArray &webSocket = context.exchange.request.webSocket;
    const StoredResponsesConfig &limits = context.runtime->config->storedResponses;
    const bool isWanted = body.store || !webSocket.isEmpty();
    if (!isWanted || limits.maxEntries < 1 || limits.maxBytes < 1)
        return {};
    const QByteArray unstoredOwner = webSocket.isEmpty() ? QByteArray() : connectionOwner(context.caller, webSocket);
    return [store = context.services.responses, owner = context.caller.identity(),
            unstoredOwner](responses::FinishedResponse finished) {
        const QByteArray &keptFor = finished.store ? owner : unstoredOwner;
        if (keptFor.isEmpty())
            return;
        store->insert(keptFor, std::make_shared<const StoredResponse>(
                                   StoredResponse{.id = std::move(finished.id),
                                                  .object = std::move(finished.object),
                                                  .inputItems = std::move(finished.inputItems),
                                                  .outputItems = std::move(finished.outputItems),
                                                  .providerId = std::move(finished.providerId),
                                                  .model = std::move(finished.model),
                                                  .status = std::move(finished.status)}));
    };
}

void keepNewer(const RequestContext &context, const SharedResponse &known, const QByteArray &object)
{
    const std::optional<json::Document> document = json::Document::parse(object);
    std::optional<responses::FinishedResponse> newer =
        document ? responses::finishedResponse(document->root(), known->providerId) : std::nullopt;
    if (!newer || newer->id != known->id)
        return;
    StoredResponse response = *known;
    response.object = object;
    response.outputItems = std::move(newer->outputItems);
    response.status = std::move(newer->status);
    context.services.responses->replace(context.caller.identity(), known,
                                        std::make_shared<const StoredResponse>(std::move(response)));
}

} // namespace lunargate::api
