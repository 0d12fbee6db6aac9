// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/translated_request.h"

#include "gateway/chat/parameter_use.h"
#include "gateway/json/document_writer.h"
#include "gateway/providers/openai/quirk_splices.h"

#include <QCryptographicHash>

#include <algorithm>

namespace lunargate::openai {

namespace {

// OpenAI API reference, "safety_identifier"; Claude Code's ids are longer.
constexpr qsizetype kMaxUserBytes = 64;
constexpr QByteArrayView kImagesFollow = "(see the next message)";
constexpr QByteArrayView kFunction = "function";

bool isText(json::Value part)
{
    return part["type"].string() == "text";
}

/// Copies a body, member by member.
class Copier
{
public:
    Copier(const ChatRequest &request, const QByteArray &model, const ProviderConfig &provider)
        : m_request(request),
          m_provider(provider),
          m_isOpenAi(provider.quirks.maxTokensField == MaxTokensField::ByModel),
          m_isOpenRouter(provider.quirks.reasoningField == ReasoningField::Object),
          m_isReasoningModel(isReasoningModel(model.isEmpty() ? request.model : model)),
          m_json(request.document.root())
    {
    }

    Result<json::Document> copy()
    {
        m_json.beginObject();
        for (const auto [name, value] : m_request.document.root().members()) {
            if (Result<void> copied = copyMember(name, value); !copied)
                return std::unexpected(std::move(copied.error()));
        }
        m_json.endObject();
        return std::move(m_json).finish();
    }

    std::vector<QByteArray> takeDropped() { return std::move(m_dropped); }

private:
    Result<void> copyMember(QByteArrayView name, json::Value value)
    {
        if (isForeign(name)) {
            drop(name);
        } else if (name == "messages") {
            copyMessages(value);
        } else if (name == "tools") {
            return copyTools(value);
        } else if (name == "reasoning_effort") {
            copyEffort(value);
        } else if (name == "user" && value.string().size() > kMaxUserBytes) {
            m_json.member(name, QCryptographicHash::hash(value.string(), QCryptographicHash::Sha256).toHex());
        } else {
            m_json.member(name, value);
        }
        return {};
    }

    /// Whether this provider does not take it.
    bool isForeign(QByteArrayView name) const
    {
        return std::ranges::contains(m_request.foreignMembers, name) || (name == "cache_control" && !m_isOpenRouter) ||
               (name == "top_k" && m_isOpenAi);
    }

    void drop(QByteArrayView name)
    {
        if (!std::ranges::contains(m_dropped, name))
            m_dropped.push_back(name.toByteArray());
    }

    // OpenAI's models that do not think refuse every effort, and few know `none` or more than `high`.
    void copyEffort(json::Value value)
    {
        const QByteArrayView effort = value.string();
        const bool isAnthropics = m_request.protocol() == ChatProtocol::AnthropicMessages;
        if (m_isOpenAi && !m_isReasoningModel) {
            if (effort != "none")
                drop("reasoning_effort");
        } else if (isAnthropics && effort == "none" && !m_isOpenRouter) {
            drop("reasoning_effort");
        } else if (isAnthropics && (effort == "xhigh" || effort == "max")) {
            m_json.member("reasoning_effort", "high");
        } else {
            m_json.member("reasoning_effort", value);
        }
    }

    Result<void> copyTools(json::Value tools)
    {
        m_json.key("tools").beginArray();
        int index = 0;
        for (const json::Value tool : tools.elements()) {
            const json::Value told = tool["type"];
            const QByteArrayView type = told.exists() ? told.string() : kFunction;
            if (type != kFunction && type != "custom") {
                return std::unexpected(unsupported(m_provider.id, "tools[" + QByteArray::number(index) + ']',
                                                   "tool '" + type.toByteArray() + '\''));
            }
            m_json.beginObject();
            if (!told.exists())
                m_json.member("type", kFunction);
            copyUnmarkedMembers(tool);
            m_json.endObject();
            ++index;
        }
        m_json.endArray();
        return {};
    }

    void copyUnmarked(json::Value object)
    {
        m_json.beginObject();
        copyUnmarkedMembers(object);
        m_json.endObject();
    }

    void copyUnmarkedMembers(json::Value object)
    {
        for (const auto [name, value] : object.members()) {
            if (name == "cache_control" && !m_isOpenRouter)
                drop(name);
            else
                m_json.member(name, value);
        }
    }

    void copyMessages(json::Value messages)
    {
        m_json.key("messages").beginArray();
        for (const json::Value message : messages.elements()) {
            if (message["role"].string() != "tool")
                writeImages();
            copyMessage(message);
        }
        writeImages();
        m_json.endArray();
    }

    void copyMessage(json::Value message)
    {
        const json::Value mark = m_isOpenRouter ? message["cache_control"] : json::Value();
        m_json.beginObject();
        for (const auto [name, value] : message.members()) {
            if (name == "content")
                copyContent(value, message["role"].string() == "tool", mark);
            else if (isTaken(name))
                m_json.member(name, value);
        }
        m_json.endObject();
    }

    bool isTaken(QByteArrayView name)
    {
        if (name == "is_error") // the text says it
            return false;
        const QuirksConfig &quirks = m_provider.quirks;
        if (name == "reasoning_content")
            return m_isOpenRouter || quirks.reasoningWithToolCalls ||
                   quirks.reasoningHistory != ReasoningHistory::AsSent;
        if (name == "cache_control") { // has its place in a part of the content
            if (!m_isOpenRouter)
                drop(name);
            return false;
        }
        if (name == "reasoning_details" && !m_isOpenRouter) {
            drop("messages.reasoning_details");
            return false;
        }
        return true;
    }

    // Services with OpenRouter's forms pass on what is marked; others may know no more than plain texts.
    void copyContent(json::Value content, bool isResult, json::Value mark)
    {
        m_json.key("content");
        if (mark.isObject()) {
            if (writeMarked(content, isResult, mark))
                return;
            drop("cache_control");
        }
        if (!content.isArray() || (m_isOpenRouter && !isResult)) {
            m_json.value(content);
            return;
        }
        std::vector<json::Value> parts;
        for (const json::Value part : content.elements()) {
            if (isResult && !isText(part))
                m_images.push_back(part);
            else
                parts.push_back(part);
        }
        if (std::ranges::all_of(parts, isText) && (!m_isOpenRouter || parts.empty())) {
            writeJoined(parts, parts.size() < content.size());
            return;
        }
        m_json.beginArray();
        for (const json::Value part : parts)
            copyUnmarked(part);
        m_json.endArray();
    }

    // With OpenRouter not messages have marks, but parts of their content: the last text gets it. False: there is none.
    bool writeMarked(json::Value content, bool isResult, json::Value mark)
    {
        if (!content.string().isEmpty()) {
            m_json.beginArray().beginObject().member("type", "text").member("text", content);
            m_json.member("cache_control", mark).endObject().endArray();
            return true;
        }
        std::vector<json::Value> parts;
        for (const json::Value part : content.elements())
            parts.push_back(part);
        const auto marked = std::ranges::find_last_if(parts, isText).begin();
        if (marked == parts.end())
            return false;
        m_json.beginArray();
        for (auto part = parts.begin(); part != parts.end(); ++part) {
            if (isResult && !isText(*part))
                m_images.push_back(*part);
            else
                copyPart(*part, part == marked ? mark : json::Value());
        }
        m_json.endArray();
        return true;
    }

    // `mark`: if it has none of its own.
    void copyPart(json::Value part, json::Value mark)
    {
        m_json.beginObject();
        copyUnmarkedMembers(part);
        if (mark.isObject() && !part["cache_control"].isObject())
            m_json.member("cache_control", mark);
        m_json.endObject();
    }

    void writeJoined(const std::vector<json::Value> &parts, bool hasMore)
    {
        QByteArray text;
        for (const json::Value part : parts) {
            if (part["cache_control"].exists())
                drop("cache_control");
            text.append(text.isEmpty() ? "" : "\n\n").append(part["text"].string());
        }
        m_json.string(text.isEmpty() && hasMore ? kImagesFollow : QByteArrayView(text));
    }

    void writeImages()
    {
        if (m_images.empty())
            return;
        m_json.beginObject().member("role", "user").key("content").beginArray();
        for (const json::Value part : std::exchange(m_images, {}))
            copyUnmarked(part);
        m_json.endArray().endObject();
    }

    const ChatRequest &m_request;
    const ProviderConfig &m_provider;
    const bool m_isOpenAi;     // the service itself, or what follows it to the letter
    const bool m_isOpenRouter; // or what has its forms
    const bool m_isReasoningModel;
    json::DocumentWriter m_json;
    std::vector<json::Value> m_images; // of results, for the next message
    std::vector<QByteArray> m_dropped;
};

} // namespace

Result<TranslatedRequest> fitTranslated(const ChatRequest &request, const QByteArray &model,
                                        const ProviderConfig &provider)
{
    Copier copier(request, model, provider);
    Result<json::Document> document = copier.copy();
    if (!document)
        return std::unexpected(std::move(document.error()));
    TranslatedRequest result;
    result.dropped = copier.takeDropped();
    result.request.document = *std::move(document);
    result.request.model = request.model;
    result.request.stream = request.stream;
    result.request.includeUsage = request.includeUsage;
    result.request.native = NativeRequest{.protocol = request.protocol()}; // who asks, for the quirks
    result.request.writeBody();
    return result;
}

} // namespace lunargate::openai
