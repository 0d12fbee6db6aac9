// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/contents_writer.h"

#include "gateway/chat/invalid_value.h"
#include "gateway/chat/parameter_use.h"
#include "gateway/providers/gemini/answer_text_writer.h"
#include "gateway/providers/gemini/signatures.h"

#include <algorithm>

namespace lunargate::gemini {

namespace {

using Kind = ContentPart::Kind;
using Role = TurnWriter::Role;

QByteArray placeOf(const ChatMessage &message, const char *list, qsizetype index)
{
    return "messages[" + QByteArray::number(message.index) + "]." + list + '[' + QByteArray::number(index) + ']';
}

// Google takes a `$ref` in a response for the name of one of its parts (Gemini API reference, "FunctionResponse").
bool hasReference(json::Value value)
{
    std::vector<json::Value> pending{value}; // no recursion: a result may be as deep as it is long
    while (!pending.empty()) {
        const json::Value next = pending.back();
        pending.pop_back();
        for (const auto [name, member] : next.members()) {
            if (name == "$ref")
                return true;
            pending.push_back(member);
        }
        for (const json::Value element : next.elements())
            pending.push_back(element);
    }
    return false;
}

bool isText(const ContentPart &part)
{
    return part.kind == Kind::Text || part.kind == Kind::Refusal;
}

bool isSystem(const ChatMessage &message)
{
    return message.role == ChatRole::System || message.role == ChatRole::Developer;
}

bool saysSomething(const ChatMessage &message)
{
    const auto isThere = [](const ContentPart &part) { return !isText(part) || !part.text.isEmpty(); };
    return !message.toolCalls.empty() || message.role == ChatRole::Tool ||
           std::ranges::any_of(message.content, isThere);
}

bool speaksAsSystem(const ChatMessage &message)
{
    return isSystem(message) && saysSomething(message);
}

} // namespace

Result<void> ContentsWriter::write()
{
    const std::vector<ChatMessage> &messages = m_context.conversation.messages;
    const auto isTurn = [](const ChatMessage &message) { return !isSystem(message) && saysSomething(message); };
    // A request needs contents; where the system alone speaks, it speaks as the user.
    const bool isSystemInside = !m_context.family.hasSystemInstruction || !std::ranges::any_of(messages, isTurn);
    if (!std::ranges::any_of(messages, saysSomething))
        return invalidValue("messages", "says nothing: all of it is empty");
    Result<CallResults> results = CallResults::of(messages);
    if (!results)
        return std::unexpected(std::move(results.error()));
    m_results = *std::move(results);
    if (!isSystemInside && std::ranges::any_of(messages, speaksAsSystem)) {
        if (const Result<void> written = writeSystemInstruction(); !written)
            return written;
    }
    m_json.key("contents").beginArray();
    if (const Result<void> written = writeMessages(isSystemInside); !written)
        return written;
    m_json.endArray();
    return {};
}

Result<void> ContentsWriter::writeSystemInstruction()
{
    m_json.key("systemInstruction").beginObject().key("parts").beginArray();
    const Result<void> written = writeSystemParts();
    m_json.endArray().endObject();
    return written;
}

Result<void> ContentsWriter::writeMessages(bool isSystemInside)
{
    const std::vector<ChatMessage> &messages = m_context.conversation.messages;
    if (isSystemInside && std::ranges::any_of(messages, speaksAsSystem)) {
        m_turns.enter(Role::User);
        if (const Result<void> written = writeSystemParts(); !written)
            return written;
    }
    for (const ChatMessage &message : messages) {
        Result<void> written;
        switch (message.role) {
        case ChatRole::System:
        case ChatRole::Developer:
            break;
        case ChatRole::User:
            written = writeUser(message);
            break;
        case ChatRole::Assistant:
            written = writeAssistant(message);
            break;
        case ChatRole::Tool:
            written = writeResponse(m_results.callOf(message), message);
            break;
        }
        if (!written)
            return written;
    }
    Result<void> ended;
    if (m_turns.role() == Role::User)
        ended = endResponses();
    m_turns.leave();
    return ended;
}

// Those of all system messages, into the array that is open.
Result<void> ContentsWriter::writeSystemParts()
{
    for (const ChatMessage &message : m_context.conversation.messages) {
        for (qsizetype i = 0; isSystem(message) && i < std::ssize(message.content); ++i) {
            const ContentPart &part = message.content[static_cast<size_t>(i)];
            if (!isText(part)) {
                return std::unexpected(unsupported(m_context.provider.id, placeOf(message, "content", i),
                                                   "system messages with anything but text"));
            }
            if (!part.text.isEmpty())
                m_json.beginObject().key("text").documentText(part.text).endObject();
        }
    }
    return {};
}

Result<void> ContentsWriter::writeUser(const ChatMessage &message)
{
    if (saysSomething(message)) {
        if (Result<void> ended = endResponses(); !ended)
            return ended;
    }
    for (qsizetype i = 0; i < std::ssize(message.content); ++i) {
        const ContentPart &part = message.content[static_cast<size_t>(i)];
        if (isText(part)) {
            m_turns.text(Role::User, part.text);
            continue;
        }
        const Result<Media> media = mediaOf(part, placeOf(message, "content", i), m_context.provider.id);
        if (!media)
            return std::unexpected(media.error());
        m_turns.media(Role::User, *media);
    }
    return {};
}

Result<void> ContentsWriter::writeAssistant(const ChatMessage &message)
{
    if (m_turns.role() == Role::User && saysSomething(message)) {
        if (Result<void> ended = endResponses(); !ended)
            return ended;
    }
    const MessageSignatures signatures = signaturesOf(message);
    for (const ReasoningDetail &thought : signatures.thoughts) {
        m_turns.enter(Role::Model);
        m_json.beginObject().member("text", thought.text).member("thought", true);
        m_json.member("thoughtSignature", thought.signature).endObject();
    }
    QByteArray text;
    for (qsizetype i = 0; i < std::ssize(message.content); ++i) {
        const ContentPart &part = message.content[static_cast<size_t>(i)];
        if (isText(part)) {
            text += part.text;
            continue;
        }
        const Result<Media> media = mediaOf(part, placeOf(message, "content", i), m_context.provider.id);
        if (!media)
            return std::unexpected(media.error());
        m_turns.media(Role::Model, *media);
    }
    writeAnswerText(m_json, m_turns, text, signatures.texts);
    for (const ToolCall &call : message.toolCalls) {
        if (const Result<void> written = writeCall(message, call, signatures.calls.at(call.id)); !written)
            return written;
    }
    return {};
}

Result<void> ContentsWriter::writeCall(const ChatMessage &message, const ToolCall &call, const QByteArray &signature)
{
    const QByteArray place = placeOf(message, "tool_calls", &call - message.toolCalls.data());
    if (call.isCustom)
        return std::unexpected(unsupported(m_context.provider.id, place, "custom tools"));
    const QByteArrayView arguments = call.arguments.trimmed();
    if (!arguments.isEmpty()) {
        const std::optional<json::Document> parsed = json::Document::parse(arguments);
        if (!parsed || !parsed->root().isObject())
            return invalidValue(place + ".function.arguments", "must be the JSON text of an object");
    }
    m_turns.enter(Role::Model);
    m_json.beginObject().key("functionCall").beginObject();
    m_json.member("id", call.id).member("name", m_context.names.toProvider(call.name));
    m_json.key("args").raw(arguments.isEmpty() ? QByteArrayView("{}") : arguments).endObject();
    const bool isFirst = m_turns.addCall();
    if (!signature.isEmpty())
        m_json.member("thoughtSignature", signature);
    else if (isFirst && m_context.family.needsSignatures)
        m_json.member("thoughtSignature", kSkipValidation);
    m_json.endObject();
    m_openCalls.push_back(&call);
    return {};
}

// Once, also if the call's turn ended before its result came.
Result<void> ContentsWriter::writeResponse(const ToolCall &call, const ChatMessage &message)
{
    if (!m_answered.insert(&call).second)
        return {};
    Result<FunctionResult> result = readResult(message);
    if (!result)
        return std::unexpected(std::move(result.error()));
    m_turns.enter(Role::User);
    m_json.beginObject().key("functionResponse").beginObject();
    m_json.member("id", call.id).member("name", m_context.names.toProvider(call.name));
    m_json.key("response");
    const std::optional<json::Document> parsed = json::Document::parse(result->text);
    if (parsed && parsed->root().isObject() && !hasReference(parsed->root()))
        m_json.raw(result->text.trimmed()); // the client's own bytes
    else
        m_json.beginObject().key("output").documentText(result->text).endObject();
    if (!m_context.family.takesMediaResults) {
        for (Media &media : result->media)
            m_laterMedia.emplace_back(call.id, std::move(media));
    } else if (!result->media.empty()) {
        m_json.key("parts").beginArray();
        for (const Media &media : result->media)
            m_turns.mediaPart(media);
        m_json.endArray();
    }
    m_json.endObject().endObject();
    return {};
}

Result<ContentsWriter::FunctionResult> ContentsWriter::readResult(const ChatMessage &message) const
{
    FunctionResult result;
    for (qsizetype i = 0; i < std::ssize(message.content); ++i) {
        const ContentPart &part = message.content[static_cast<size_t>(i)];
        if (isText(part)) {
            if (!result.text.isEmpty())
                result.text += '\n';
            result.text += part.text;
            continue;
        }
        Result<Media> media = mediaOf(part, placeOf(message, "content", i), m_context.provider.id);
        if (!media)
            return std::unexpected(std::move(media.error()));
        result.media.push_back(*std::move(media));
    }
    return result;
}

void ContentsWriter::writeMissingResponse(const ToolCall &call)
{
    m_turns.enter(Role::User);
    m_json.beginObject().key("functionResponse").beginObject();
    m_json.member("id", call.id).member("name", m_context.names.toProvider(call.name));
    m_json.key("response").beginObject().member("error", "no result").endObject();
    m_json.endObject().endObject();
}

// A model's turn with calls must be followed by as many responses. Results that come later go here, and histories that
// were cut do not have them all.
Result<void> ContentsWriter::endResponses()
{
    for (const ToolCall *call : std::exchange(m_openCalls, {})) {
        const ChatMessage *result = m_results.resultOf(*call);
        if (!result)
            writeMissingResponse(*call);
        else if (Result<void> written = writeResponse(*call, *result); !written)
            return written;
    }
    for (const auto &[callId, media] : std::exchange(m_laterMedia, {})) {
        m_turns.text(Role::User, "Returned by the function call " + callId + ":");
        m_turns.media(Role::User, media);
    }
    return {};
}

} // namespace lunargate::gemini
