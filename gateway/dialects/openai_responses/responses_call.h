// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/dialect.h"
#include "gateway/dialects/json_body.h"

#include <functional>
#include <map>
#include <optional>
#include <vector>

// Calls of POST /v1/responses (OpenAI API reference, "Responses"), and what of them is kept for later ones. Keeping it
// is somebody else's: he hands in what a body refers to, and gets what came of the call.
namespace lunargate::responses {

/// A body that was parsed and checked, before it is known what it refers to.
struct ResponsesBody
{
    QByteArray bytes; ///< valid JSON, an object; UTF-8
    JsonBody json;    ///< of `bytes`
    QByteArray model; ///< empty: the route decides
    /// Empty: the body has the whole conversation.
    QByteArray previousResponseId = {};
    /// The ids of all `item_reference`s in the input.
    std::vector<QByteArray> itemReferences = {};
    bool store = true; ///< the protocol's default
    bool stream = false;
    bool generate = true; ///< false: only a WebSocket's client says so, to have the input kept for the next call
    bool background = false;
};

/// What an earlier call left, for the one that goes on from it.
struct PreviousResponse
{
    QByteArray inputItems;  ///< FinishedResponse::inputItems of it
    QByteArray outputItems; ///< likewise
    QByteArray providerId;  ///< likewise
    bool isRunning = false; ///< its provider still works on it in the background
};

/// An item of an earlier turn.
struct KnownItem
{
    QByteArray json;            ///< the whole item, an object
    QByteArray providerId = {}; ///< FinishedResponse::providerId of the response that it belongs to
};

/// What a body refers to, as far as it is known.
struct EarlierTurns
{
    std::optional<PreviousResponse> previous = {}; ///< for ResponsesBody::previousResponseId
    std::map<QByteArray, KnownItem> items = {};    ///< by id, for ResponsesBody::itemReferences
};

/// A response that has come to its end, or goes on in the background of its provider. Of those that failed only the
/// ones that ran in the background are told.
struct FinishedResponse
{
    QByteArray id = {};         ///< `resp_…`, as the client got it
    QByteArray object = {};     ///< the whole response as JSON, as the client got it
    QByteArray inputItems = {}; ///< JSON array: all that the model read, earlier turns included; every item has an `id`
    QByteArray outputItems =
        {}; ///< JSON array of what the model wrote; may hold more for later turns than `object` does
    QByteArray providerId = {}; ///< who keeps the response under this id, too; empty: no provider does
    QByteArray model = {};      ///< as `object` has it
    /// `completed` or `incomplete`; of one in the background `queued`, `in_progress`, `failed` or `cancelled`, too.
    QByteArray status = {};
    bool store = true;      ///< the client wants it kept
    bool isComplete = true; ///< its status is `completed`
};

using OnFinished = std::function<void(FinishedResponse)>;

/// Fails with InvalidRequest, naming the field at fault.
Result<ResponsesBody> readBody(QByteArray bytes, int maxJsonDepth);

/// The call for `body`. `onFinished` is called once, in the request's thread, before the last bytes of the answer are
/// handed to the connection; never for calls that fail or that the client leaves, nor for answers out of the cache. Of
/// a response in the background it hears as soon as there is an id, and again at the end, also if its provider says
/// that it failed. May be empty. Fails with InvalidRequest, naming the field at fault.
///
/// A `previousResponseId` that is not in `earlier` is left to a provider that keeps it: whoever wants it refused
/// does so before.
Result<std::unique_ptr<ClientCall>> readCall(ResponsesBody body, EarlierTurns earlier, OnFinished onFinished);

/// The refusal of an id that nobody knows: 400 `previous_response_not_found`, on which clients send the whole input.
Error previousResponseNotFound(const QByteArray &id);

/// Those of a client's headers that a provider gets that speaks the protocol itself; for NativeRequest::headers of the
/// call's request.
HeaderList forwardedHeaders(const HeaderList &clientHeaders);

/// The id of the response that the item of this id was made for, if the gateway gave both; empty otherwise.
QByteArray responseOfItem(QByteArrayView itemId);

} // namespace lunargate::responses
