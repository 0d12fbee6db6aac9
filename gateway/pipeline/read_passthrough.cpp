// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/read_passthrough.h"

#include "gateway/dialects/passthrough/form_field_finder.h"
#include "gateway/dialects/passthrough/form_headers.h"
#include "gateway/dialects/passthrough/json_model.h"
#include "gateway/pipeline/attempt_deadlines.h"
#include "gateway/pipeline/limit_request.h"
#include "gateway/pipeline/token_estimate.h"
#include "gateway/routing/route_plan.h"

#include <algorithm>

namespace lunargate {

namespace {

using passthrough::FormFieldFinder;

constexpr qsizetype kVersion = 3; // `/v1`
constexpr qsizetype kFormPiece = 64 * 1024;

// What providers are to get of the client's headers (a key is theirs, not the client's).
constexpr QByteArrayView kForwarded[] = {"Accept", "OpenAI-Beta", "Idempotency-Key"};

PassthroughRequest begin(HttpRequest &http, const PassthroughEndpoint &endpoint)
{
    PassthroughRequest request;
    request.method = http.method == "HEAD" ? QByteArray("GET") : http.method;
    request.endpoint = endpoint.path.sliced(kVersion);
    const qsizetype query = http.target.indexOf('?');
    request.target = request.endpoint + (query < 0 ? QByteArray() : http.target.sliced(query));
    request.contentType = http.headers.value("Content-Type").value_or(QByteArray());
    for (const QByteArrayView name : kForwarded) {
        if (const auto value = http.headers.value(name))
            request.headers.add(name.toByteArray(), *value);
    }
    request.body = std::move(http.body);
    request.rest = http.incoming;
    return request;
}

Result<void> readJson(RequestContext &context, PassthroughRequest &request, bool hasCompletionEvents)
{
    const int maxDepth = context.runtime->config->server.maxJsonDepth;
    const Result<passthrough::JsonModel> read = passthrough::readJsonModel(request.body, maxDepth);
    if (!read)
        return std::unexpected(read.error());
    request.model = read->model;
    if (read->place)
        request.modelPlace = PassthroughRequest::ModelPlace{.range = *read->place, .isQuoted = true};
    request.isStream = read->isStream;
    request.isCompletionStream = read->isStream && hasCompletionEvents;
    request.contentType = "application/json"; // whatever the client says: curl's `-d` says that it is a form
    context.record.requestTextBytes = read->textBytes;
    if (!hasCompletionEvents)
        return {};
    constexpr qint64 kMostTokens = std::numeric_limits<qint32>::max();
    return limitTokens(context,
                       {.input = tokensOfText(read->textBytes),
                        .output = std::clamp<qint64>(read->maxTokens.value_or(kGuessedAnswerTokens), 0, kMostTokens),
                        .isOutputGuessed = !read->maxTokens});
}

Result<void> feedWhole(FormFieldFinder &finder, QByteArrayView form)
{
    for (qsizetype at = 0; at < form.size(); at += kFormPiece) {
        if (Result<void> fed = finder.feed(form.sliced(at, std::min(kFormPiece, form.size() - at))); !fed)
            return fed;
    }
    return {};
}

/// How long, and up to how many bytes, the model's name is waited for.
struct ModelWait
{
    TimePoint deadline;
    qint64 maxBytes;
};

Error modelTooLate(qint64 maxBytes)
{
    return {.kind = ErrorKind::PayloadTooLarge,
            .reason = "request_too_large",
            .message = "the form does not name its model within " + QByteArray::number(maxBytes) +
                       " bytes (server.max_body_bytes); send the field 'model' before the file",
            .param = "model"};
}

// Until the model is known; after that whoever sends the rest is watched for a second one.
Task<Result<void>> readUntilModel(PassthroughRequest &request, const std::shared_ptr<FormFieldFinder> &finder,
                                  ModelWait wait)
{
    while (!finder->field() && !finder->hasEnded()) {
        const Result<QByteArray> bytes = co_await request.rest->read(wait.deadline);
        if (!bytes)
            co_return std::unexpected(bytes.error());
        if (bytes->isEmpty())
            break;
        if (Result<void> fed = finder->feed(*bytes); !fed)
            co_return fed;
        request.body += *bytes;
        if (request.body.size() > wait.maxBytes && !finder->field())
            co_return std::unexpected(modelTooLate(wait.maxBytes));
    }
    if (request.rest->isEnded())
        request.rest.reset();
    else
        request.rest->inspect([finder](QByteArrayView bytes, bool isLast) {
            Result<void> fed = finder->feed(bytes);
            return fed && isLast ? finder->finish() : fed;
        });
    co_return Result<void>();
}

Task<Result<void>> readForm(PassthroughRequest &request, ModelWait wait)
{
    const QByteArray boundary = passthrough::boundaryOf(request.contentType);
    if (boundary.isEmpty())
        co_return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                        .reason = "invalid_form",
                                        .message =
                                            "multipart/form-data needs one boundary in Content-Type, of letters, "
                                            "digits and hyphens"});
    const auto finder = std::make_shared<FormFieldFinder>(boundary, "model");
    if (Result<void> fed = feedWhole(*finder, request.body); !fed)
        co_return fed;
    if (request.rest) {
        if (Result<void> read = co_await readUntilModel(request, finder, wait); !read)
            co_return read;
    }
    if (!request.rest) {
        if (Result<void> ended = finder->finish(); !ended)
            co_return ended;
    }
    if (const auto &field = finder->field()) {
        request.model = field->value;
        request.modelPlace = PassthroughRequest::ModelPlace{.range = field->place, .isQuoted = false};
    }
    co_return Result<void>();
}

} // namespace

Task<Result<PassthroughRequest>> readPassthrough(RequestContext &context, PassthroughEndpoint endpoint)
{
    PassthroughRequest request = begin(context.exchange.request, endpoint);
    if (!endpoint.namesModel)
        co_return request;
    Result<void> read;
    const Config &config = *context.runtime->config;
    if (passthrough::isForm(request.contentType))
        read = co_await readForm(request, {.deadline = requestDeadline(config, {}, context.record.startedAt).at,
                                           .maxBytes = config.server.maxBodyBytes});
    else
        read = readJson(context, request, endpoint.hasCompletionEvents);
    if (!read)
        co_return std::unexpected(std::move(read.error()));
    context.record.modelAsked = request.model;
    context.record.stream = request.isStream;
    co_return request;
}

} // namespace lunargate
