// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/native_request_writer.h"

#include "gateway/chat/carried_thought.h"
#include "gateway/json/splice.h"
#include "gateway/json/writer.h"
#include "gateway/providers/anthropic/model_traits.h"

#include <algorithm>

namespace lunargate::anthropic {

namespace {

// Stands for a message of which nothing is left.
constexpr char kPlaceholder[] = R"([{"type":"text","text":"."}])";

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

    // Thinking by a budget cannot go on where its beginning is missing.
    void removeCarriedThoughts()
    {
        if (!m_request.body.contains(kCarriedMark) || !removeFromMessages())
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

    bool removeFromMessages()
    {
        bool isChanged = false;
        const json::Member *messages = json::find(m_request.members, "messages");
        if (!messages)
            return false;
        for (const json::Range &message : json::elementsOf(m_request.body, messages->value)) {
            const std::vector<json::Member> members = json::membersOf(m_request.body, message);
            const json::Member *content = json::find(members, "content");
            if (content && bytes(content->value).startsWith('['))
                isChanged = removeFrom(content->value) || isChanged;
        }
        return isChanged;
    }

    bool removeFrom(json::Range content)
    {
        QByteArray kept;
        bool isChanged = false;
        for (const json::Range &block : json::elementsOf(m_request.body, content)) {
            if (isCarried(block)) {
                isChanged = true;
                continue;
            }
            kept.append(kept.isEmpty() ? '[' : ',').append(bytes(block));
        }
        if (isChanged)
            m_splice.replace(content, kept.isEmpty() ? QByteArray(kPlaceholder) : kept + ']');
        return isChanged;
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
    edit.removeCarriedThoughts();
    return edit.take();
}

NativeBody writeNativeCount(const NativeRequest &request, const QByteArray &model)
{
    NativeEdit edit(request);
    edit.setModel(model);
    edit.removeCarriedThoughts();
    return edit.take();
}

} // namespace lunargate::anthropic
