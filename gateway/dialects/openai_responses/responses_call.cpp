// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/responses_call.h"

#include "gateway/dialects/openai_chat/request_reader.h"
#include "gateway/dialects/openai_responses/answer_output.h"
#include "gateway/dialects/openai_responses/chat_body.h"
#include "gateway/dialects/openai_responses/field_names.h"
#include "gateway/dialects/openai_responses/item_ids.h"
#include "gateway/dialects/openai_responses/native_answer.h"
#include "gateway/dialects/openai_responses/response_object.h"
#include "gateway/dialects/openai_responses/stream_writer.h"
#include "gateway/json/splice.h"

#include <QDateTime>

#include <limits>
#include <memory>

namespace lunargate::responses {

namespace {

/// What is remembered of a call until its answer is written, by whoever writes it.
struct Remembered
{
    void tell(FinishedResponse finished)
    {
        if (!onFinished)
            return;
        finished.inputItems = keptItems(input, finished.id);
        finished.store = store;
        const bool isLast = finished.status != "queued" && finished.status != "in_progress";
        const OnFinished tell = isLast ? std::exchange(onFinished, {}) : onFinished;
        tell(std::move(finished));
    }

    QByteArray echo;
    ClientTools tools;
    QByteArray input; ///< all items that were read; only with `onFinished`
    bool store = true;
    bool isBackground = false;
    OnFinished onFinished;
};

class ResponsesCall final : public ClientCall
{
public:
    ResponsesCall(ChatRequest asked, Remembered remembered)
        : ClientCall(std::move(asked)), m_remembered(std::make_shared<Remembered>(std::move(remembered)))
    {
        fieldNames = kFieldNames;
    }

    QByteArray answerBody(ModelAnswer &answer, const AnswerFacts &facts) override
    {
        if (!answer.body.isEmpty())
            return nativeBody(answer, facts);
        const Completion &completion = *answer.completion;
        const ResponseHead head = headOf(facts, completion.model);
        const QByteArray output = answerOutput(completion, head.id, m_remembered->tools);
        const QByteArrayView status = statusOf(completion.finishReason);
        const Error cut = cutAnswer();
        const bool isCut = completion.finishReason == FinishReason::Error;
        QByteArray object = responseObject(head, {.status = status,
                                                  .output = output,
                                                  .usage = answer.usage.value_or(Usage{}),
                                                  .error = isCut ? &cut : nullptr,
                                                  .incompleteReason = incompleteReason(completion.finishReason),
                                                  .completedAt = isCut ? std::nullopt : std::optional(facts.created)});
        if (!isCut) {
            m_remembered->tell({.id = head.id,
                                .object = object,
                                .outputItems = output,
                                .model = head.model,
                                .status = status.toByteArray(),
                                .isComplete = status == "completed"});
        }
        return object;
    }

    std::unique_ptr<lunargate::StreamWriter> streamWriter(const AnswerFacts &facts) override
    {
        StreamWriter::Settings settings{.head = headOf(facts, {}),
                                        .tools = m_remembered->tools,
                                        .onFinished = {},
                                        .isBackground = m_remembered->isBackground,
                                        .provider = facts.provider,
                                        .now = &QDateTime::currentSecsSinceEpoch};
        if (m_remembered->onFinished)
            settings.onFinished = [told = m_remembered](FinishedResponse finished) { told->tell(std::move(finished)); };
        return std::make_unique<StreamWriter>(std::move(settings));
    }

private:
    ResponseHead headOf(const AnswerFacts &facts, const QByteArray &model) const
    {
        return {.id = responseId(facts.requestId),
                .model = model.isEmpty() ? facts.model : model,
                .createdAt = facts.created,
                .echo = m_remembered->echo};
    }

    QByteArray nativeBody(ModelAnswer &answer, const AnswerFacts &facts)
    {
        if (m_remembered->onFinished) {
            const std::optional<json::Document> document = json::Document::parse(answer.body);
            std::optional<FinishedResponse> finished =
                document ? finishedResponse(document->root(), facts.provider) : std::nullopt;
            if (finished)
                m_remembered->tell(*std::move(finished));
        }
        return std::move(answer.body);
    }

    const std::shared_ptr<Remembered> m_remembered; // the writer of a stream may outlive this
};

// What is written so far is not what the model would go on from.
Error previousResponseRunning()
{
    return {.kind = ErrorKind::InvalidRequest,
            .reason = "previous_response_not_finished",
            .message = "the previous response still runs at its provider, and no other one can go on from it; wait for "
                       "its end, or send the whole conversation as `input`",
            .param = "previous_response_id"};
}

// Without the id of the response that came before, whose items are there now.
QByteArray wholeBody(const ResponsesBody &body, const QByteArray &input)
{
    json::Splice splice(body.bytes);
    splice.set(body.json.object, body.json.members, "input", input);
    splice.remove(body.json.members, [](const json::Member &member) { return member.key == "previous_response_id"; });
    return splice.result();
}

NativeRequest ownWords(ResponsesBody body)
{
    return {.protocol = ChatProtocol::OpenAiResponses,
            .body = std::move(body.bytes),
            .object = body.json.object,
            .members = std::move(body.json.members),
            .document = std::move(body.json.document),
            .headers = {},
            .query = {}};
}

/// `borrowed` gets the client's document if it is not that of the result.
Result<NativeRequest> nativeRequest(ResponsesBody body, const InputList &input, std::vector<json::Document> &borrowed)
{
    if (!input.isChanged())
        return ownWords(std::move(body));
    QByteArray whole = wholeBody(body, input.textForProvider());
    // Both were read before: it is no deeper than either.
    Result<JsonBody> object = readJsonBody(whole, std::numeric_limits<int>::max());
    if (!object)
        return std::unexpected(std::move(object.error()));
    NativeRequest native = ownWords({.bytes = std::move(whole), .json = *std::move(object), .model = {}});
    if (const QByteArray keeper = input.keeper(); !keeper.isEmpty()) {
        native.continuation = NativeRequest::Continuation{.providerId = keeper,
                                                          .body = std::move(body.bytes),
                                                          .object = body.json.object,
                                                          .members = std::move(body.json.members)};
    }
    borrowed.push_back(std::move(body.json.document));
    return native;
}

} // namespace

Result<std::unique_ptr<ClientCall>> readCall(ResponsesBody body, EarlierTurns earlier, OnFinished onFinished)
{
    InputList input(body, earlier);
    ChatBody chat = chatBody(body, input);
    ChatRequest request = openai_chat::writtenRequest(std::move(chat.document));
    request.untranslatable = std::move(chat.refusal);
    request.unsaid = std::move(chat.dropped);
    if (earlier.previous && earlier.previous->isRunning) {
        request.untranslatable = previousResponseRunning();
        request.onlyProvider = earlier.previous->providerId;
    }
    const bool isStored = body.store && onFinished;
    Remembered remembered{.echo = echoedMembers(body.json.document.root(), isStored),
                          .tools = std::move(chat.tools),
                          .input = onFinished ? input.text() : QByteArray(),
                          .store = body.store,
                          .isBackground = body.background,
                          .onFinished = std::move(onFinished)};
    Result<NativeRequest> native = nativeRequest(std::move(body), input, request.borrowed);
    if (!native)
        return std::unexpected(std::move(native.error()));
    request.native = *std::move(native);
    for (json::Document &document : input.takeDocuments())
        request.borrowed.push_back(std::move(document));
    return std::make_unique<ResponsesCall>(std::move(request), std::move(remembered));
}

HeaderList forwardedHeaders(const HeaderList &clientHeaders)
{
    constexpr QByteArrayView kBeta = "OpenAI-Beta"; // features that the client wants
    QByteArrayList wanted;
    for (const QByteArray &feature : clientHeaders.value(kBeta).value_or(QByteArray()).split(',')) {
        // Codex says so in its handshake; the provider gets a POST.
        if (const QByteArray name = feature.trimmed(); !name.isEmpty() && !name.startsWith("responses_websockets"))
            wanted.append(name);
    }
    HeaderList headers;
    if (!wanted.isEmpty())
        headers.add(kBeta.toByteArray(), wanted.join(", "));
    return headers;
}

} // namespace lunargate::responses
