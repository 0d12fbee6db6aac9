// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/native_request_writer.h"

#include "gateway/chat/carried_thought.h"
#include "gateway/json/splice.h"
#include "gateway/json/writer.h"
#include "gateway/providers/anthropic/model_traits.h"

#include <QCryptographicHash>

#include <algorithm>

namespace lunargate::anthropic {

namespace {

// Stands for a message of which nothing is left.
constexpr char kPlaceholder[] = R"([{"type":"text","text":"."}])";

// Which member names a call of the client's tools; null: the block is none and answers none.
const char *idMember(json::Value block)
{
    const QByteArrayView type = block["type"].string();
    const char *name = type == "tool_use" ? "id" : type == "tool_result" ? "tool_use_id" : nullptr;
    return name && block[name].isString() ? name : nullptr;
}

// Others are refused ("String should match pattern '^[a-zA-Z0-9_-]+$'").
bool isOwnId(QByteArrayView id)
{
    return std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

// Call and result get the same one.
QByteArray sentId(const QByteArray &id)
{
    return "toolu_" + QCryptographicHash::hash(id, QCryptographicHash::Sha256).first(16).toHex();
}

/// Changes one request.
class NativeEdit
{
public:
    explicit NativeEdit(const NativeRequest &request) : m_request(request), m_splice(request.body) {}

    void setModel(const QByteArray &model)
    {
        if (!model.isEmpty() && model != m_request.document.root()["model"].string())
            set("model", json::quoted(model));
    }

    // As a request that is translated gets them: a model that thinks takes none of these.
    void setDefaults(const QByteArray &model, const ProviderConfig &provider)
    {
        if (!isSet("max_tokens") && provider.maxTokens)
            set("max_tokens", QByteArray::number(*provider.maxTokens));
        const QByteArrayView thinking = m_request.document.root()["thinking"]["type"].string();
        const bool mayThink = !thinking.isEmpty() && thinking != "disabled";
        if (mayThink || !traitsOf(model).takesSampling)
            return;
        if (!isSet("temperature") && !isSet("top_p")) { // one excludes the other
            if (provider.temperature)
                set("temperature", json::number(*provider.temperature));
            else if (provider.topP)
                set("top_p", json::number(*provider.topP));
        }
        if (!isSet("top_k") && provider.topK)
            set("top_k", QByteArray::number(*provider.topK));
    }

    // What other providers left in the conversation. Thinking by a budget cannot go on where its beginning is missing.
    void adaptMessages()
    {
        const bool mayHaveThoughts = m_request.body.contains(kCarriedMark);
        if (!mayHaveThoughts && !hasForeignIds())
            return;
        if (!rewriteMessages())
            return;
        if (m_request.document.root()["thinking"]["type"].string() != "enabled")
            return;
        set("thinking", R"({"type":"disabled"})");
        m_dropped.emplace_back("thinking");
    }

    NativeBody take() { return {.body = m_splice.result(), .droppedParams = std::move(m_dropped)}; }

private:
    bool isSet(QByteArrayView name) const
    {
        const json::Value value = m_request.document.root()[name];
        return value.exists() && !value.isNull();
    }

    void set(QByteArrayView name, const QByteArray &json)
    {
        m_splice.set(m_request.object, m_request.members, name, json);
    }

    QByteArrayView bytes(json::Range range) const { return range.of(m_request.body); }

    bool hasForeignIds() const
    {
        for (const json::Value message : m_request.document.root()["messages"].elements()) {
            for (const json::Value block : message["content"].elements()) {
                if (const char *name = idMember(block); name && !isOwnId(block[name].string()))
                    return true;
            }
        }
        return false;
    }

    /// Whether thoughts were taken out.
    bool rewriteMessages()
    {
        bool isThoughtGone = false;
        const json::Member *messages = json::find(m_request.members, "messages");
        if (!messages)
            return false;
        for (const json::Range &message : json::elementsOf(m_request.body, messages->value)) {
            const std::vector<json::Member> members = json::membersOf(m_request.body, message);
            const json::Member *content = json::find(members, "content");
            if (content && bytes(content->value).startsWith('['))
                isThoughtGone = rewrite(content->value) || isThoughtGone;
        }
        return isThoughtGone;
    }

    bool rewrite(json::Range content)
    {
        QByteArray kept;
        bool isThoughtGone = false;
        bool isChanged = false;
        for (const json::Range &block : json::elementsOf(m_request.body, content)) {
            if (isCarried(block)) {
                isThoughtGone = true;
                continue;
            }
            const QByteArray text = withOwnId(block);
            isChanged = isChanged || text != bytes(block);
            kept.append(kept.isEmpty() ? '[' : ',').append(text);
        }
        if (isChanged || isThoughtGone)
            m_splice.replace(content, kept.isEmpty() ? QByteArray(kPlaceholder) : kept + ']');
        return isThoughtGone;
    }

    QByteArray withOwnId(json::Range block) const
    {
        QByteArray text = bytes(block).toByteArray();
        const std::optional<json::Document> read = json::Document::parse(text);
        const char *name = read ? idMember(read->root()) : nullptr;
        const QByteArray id = name ? read->root()[name].toByteArray() : QByteArray();
        if (isOwnId(id))
            return text;
        const std::vector<json::Member> members = json::membersOf(text, json::wholeValue(text));
        const json::Range value = json::find(members, name)->value;
        return text.replace(value.begin, value.end - value.begin, json::quoted(sentId(id)));
    }

    bool isCarried(json::Range block) const
    {
        if (!bytes(block).startsWith('{'))
            return false;
        const std::vector<json::Member> members = json::membersOf(m_request.body, block);
        const auto begins = [&](QByteArrayView name, const QByteArray &text) {
            const json::Member *member = json::find(members, name);
            return member && bytes(member->value).startsWith('"' + text);
        };
        const QByteArray mark = kCarriedMark.toByteArray();
        return (begins("type", "thinking\"") && begins("signature", mark)) ||
               (begins("type", "redacted_thinking\"") && begins("data", mark));
    }

    const NativeRequest &m_request;
    json::Splice m_splice;
    std::vector<QByteArray> m_dropped;
};

} // namespace

NativeBody writeNativeRequest(const NativeRequest &request, const QByteArray &model, const ProviderConfig &provider)
{
    NativeEdit edit(request);
    edit.setModel(model);
    edit.setDefaults(model.isEmpty() ? request.document.root()["model"].toByteArray() : model, provider);
    edit.adaptMessages();
    return edit.take();
}

NativeBody writeNativeCount(const NativeRequest &request, const QByteArray &model)
{
    NativeEdit edit(request);
    edit.setModel(model);
    edit.adaptMessages();
    return edit.take();
}

} // namespace lunargate::anthropic
