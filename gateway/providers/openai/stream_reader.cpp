// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/stream_reader.h"

#include "gateway/chat/completion_reader.h"
#include "gateway/chat/finish_reason.h"
#include "gateway/providers/openai/answer_reader.h"
#include "gateway/providers/openai/error_reader.h"

#include <algorithm>
#include <utility>

namespace lunargate::openai {

namespace {

bool hasContent(json::Value value)
{
    return (value.isString() && !value.string().isEmpty()) || (value.isArray() && value.size() > 0) ||
           (value.isObject() && value.size() > 0);
}

// Whether a delta says anything beyond "I am the assistant".
bool isUsefulDelta(json::Value delta)
{
    if (!delta.isObject())
        return false;
    size_t index = 0;
    size_t count = 0;
    yyjson_val *key = nullptr;
    yyjson_val *value = nullptr;
    yyjson_obj_foreach(delta.raw(), index, count, key, value)
    {
        if (!yyjson_equals_str(key, "role") && hasContent(json::Value(value)))
            return true;
    }
    return false;
}

// The failure of one choice of several leaves the others whole.
json::Value streamError(json::Value chunk, bool hasSeveralChoices)
{
    const json::Value error = chunk["error"];
    if (error.exists() && !error.isNull())
        return error;
    return hasSeveralChoices ? json::Value() : choiceError(chunk);
}

qsizetype textBytes(json::Value delta)
{
    // Some send the same thoughts under both names.
    qsizetype sum = delta["content"].string().size() +
                    std::max(delta["reasoning_content"].string().size(), delta["reasoning"].string().size());
    for (const json::Value call : delta["tool_calls"].elements())
        sum += call["function"]["arguments"].string().size();
    return sum;
}

// The filter ended all of it, and this chunk says nothing else.
bool isFilteredChunk(json::Value chunk)
{
    bool isFiltered = false;
    for (const json::Value choice : chunk["choices"].elements()) {
        isFiltered = choice["finish_reason"].string() == "content_filter" && !isUsefulDelta(choice["delta"]);
        if (!isFiltered)
            break;
    }
    return isFiltered;
}

} // namespace

void StreamReader::read(SseEvent event, Events &events)
{
    if (QByteArrayView(event.data).trimmed() == "[DONE]") {
        end(events);
        return;
    }
    const std::optional<json::Document> document = json::Document::parse(event.data);
    if (!document || !document->root().isObject()) {
        fail(malformedEvent(), events);
        return;
    }
    const json::Value chunk = document->root();
    std::optional<Usage> usage = readUsage(chunk["usage"]);
    ChatStreamEvent result{.kind = ChatStreamEvent::Kind::Chunk, .usage = usage};
    for (const json::Value choice : chunk["choices"].elements())
        readChoice(choice, result);
    if (const json::Value error = streamError(chunk, hasSeveralChoices()); error.exists()) {
        fail(readErrorObject(error, 0, m_key).error, events);
        events.back().usage = usage; // it was charged all the same
        return;
    }
    if (!m_hasModel) {
        result.model = chunk["model"].toByteArray();
        result.id = chunk["id"].toByteArray();
        m_hasModel = !result.model.isEmpty();
    }
    result.isFiltered = isFilteredChunk(chunk);
    result.isUsageOnly = usage && chunk["choices"].isArray() && chunk["choices"].size() == 0;
    if (m_form == AnswerForm::Canonical) {
        addDeltas(chunk, std::move(result), events);
        return;
    }
    result.payload = std::move(event.data);
    events.push_back(std::move(result));
}

// What is true of the whole chunk is told with its first delta.
void StreamReader::addDeltas(json::Value chunk, ChatStreamEvent event, Events &events)
{
    std::vector<ChatDelta> deltas = readChunk(chunk, m_calls);
    if (deltas.empty())
        deltas.emplace_back();
    event.kind = ChatStreamEvent::Kind::Delta;
    deltas.front().id = std::exchange(event.id, {});
    deltas.front().model = std::exchange(event.model, {});
    event.finishReason.clear(); // the delta says it
    const bool isUseful = event.isUseful;
    const bool isCut = deltas.back().finishReason == FinishReason::Error;
    if (isCut)
        deltas.back().finishReason.reset();
    for (ChatDelta &delta : deltas) {
        event.delta = std::move(delta);
        events.push_back(std::exchange(event, {.kind = ChatStreamEvent::Kind::Delta, .isUseful = isUseful}));
    }
    if (isCut)
        fail(cutAnswer(), events);
}

// Clients of other protocols have no word for it.
bool StreamReader::isCut(json::Value finishReason) const
{
    return m_form == AnswerForm::Canonical && finishReasonOf(finishReason.string()) == FinishReason::Error;
}

void StreamReader::readChoice(json::Value choice, ChatStreamEvent &event)
{
    const json::Value delta = choice["delta"];
    const json::Value finishReason = choice["finish_reason"];
    const bool isFinished = !finishReason.string().isEmpty(); // some send "" until then
    event.isUseful =
        event.isUseful || (isFinished && !isCut(finishReason)) || isUsefulDelta(delta) || hasContent(choice["text"]);
    event.textBytes += textBytes(delta) + choice["text"].string().size();
    const auto index = static_cast<size_t>(
        std::clamp<qint64>(choice["index"].integer().value_or(0), 0, static_cast<qint64>(kMostChoices) - 1));
    m_begun.set(index);
    if (isFinished) {
        m_finished.set(index);
        if (index == 0)
            event.finishReason = finishReason.toByteArray();
    }
}

// Some servers forget the end mark; a finish reason of every choice says as well that nothing is missing.
void StreamReader::closed(Events &events)
{
    if (isWhole())
        end(events);
    else
        fail(incompleteStream(), events);
}

} // namespace lunargate::openai
