// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/message_splices.h"

#include "gateway/json/writer.h"

#include <QCryptographicHash>

namespace lunargate::openai {

namespace {

bool isRole(QByteArrayView json, QByteArrayView role)
{
    return json.size() > 2 && json.startsWith('"') &&
           json.sliced(1, json.size() - 2).trimmed().compare(role, Qt::CaseInsensitive) == 0;
}

/// The text of a JSON string; nothing for other values.
std::optional<QByteArray> textOf(QByteArrayView json)
{
    if (!json.startsWith('"'))
        return std::nullopt;
    if (!json.contains('\\'))
        return json.sliced(1, json.size() - 2).toByteArray();
    const std::optional<json::Document> document = json::Document::parse(json);
    return document ? std::optional(document->root().toByteArray()) : std::nullopt;
}

/// One message of the body.
class MessageEdit
{
public:
    MessageEdit(RequestEdit &edit, json::Range message)
        : m_edit(edit), m_message(message), m_members(json::membersOf(edit.request.body, message))
    {
    }

    void adapt()
    {
        const json::Member *role = find("role");
        if (role && !m_edit.quirks.developerRole && isRole(bytes(*role), "developer"))
            m_edit.splice.replace(role->value, R"("system")");
        if (role && isRole(bytes(*role), "assistant"))
            adaptReasoning();
        adaptToolCalls();
        for (const QByteArray &field : m_edit.quirks.refusedMessageFields)
            removeRefused(field);
        if (!m_removed.empty())
            m_edit.splice.remove(
                m_members, [this](const json::Member &member) { return std::ranges::contains(m_removed, &member); });
    }

private:
    const json::Member *find(QByteArrayView key) const { return json::find(m_members, key); }
    QByteArrayView bytes(const json::Member &member) const { return member.value.of(m_edit.request.body); }
    bool isText(const json::Member *member) const { return member && bytes(*member).startsWith('"'); }

    void adaptReasoning()
    {
        const QuirksConfig &quirks = m_edit.quirks;
        const json::Member *content = find("reasoning_content");
        if (quirks.reasoningHistory != ReasoningHistory::AsSent) {
            const bool wantsContent = quirks.reasoningHistory == ReasoningHistory::ReasoningContent;
            const char *const wanted = wantsContent ? "reasoning_content" : "reasoning";
            const json::Member *other = find(wantsContent ? "reasoning" : "reasoning_content");
            if (other && isText(find(wanted))) {
                m_removed.push_back(other); // the same thoughts under two names
            } else if (other) {
                if (const json::Member *empty = find(wanted))
                    m_removed.push_back(empty);
                m_edit.splice.rename(*other, wanted);
                if (wantsContent)
                    content = other;
            }
        }
        if (!quirks.reasoningWithToolCalls || isText(content) || !hasToolCalls())
            return;
        if (content)
            m_edit.splice.replace(content->value, R"("")");
        else
            m_edit.splice.set(m_message, m_members, "reasoning_content", R"("")");
    }

    bool hasToolCalls() const
    {
        const json::Member *calls = find("tool_calls");
        return calls && !json::elementsOf(m_edit.request.body, calls->value).empty();
    }

    void adaptToolCalls()
    {
        const QuirksConfig &quirks = m_edit.quirks;
        if (quirks.toolCallIdLength == 0 && quirks.refusedToolCallFields.empty())
            return;
        if (const json::Member *answered = find("tool_call_id"))
            adaptToolCallId(answered->value);
        const json::Member *calls = find("tool_calls");
        if (!calls)
            return;
        for (const json::Range &call : json::elementsOf(m_edit.request.body, calls->value)) {
            const std::vector<json::Member> members = json::membersOf(m_edit.request.body, call);
            if (const json::Member *id = json::find(members, "id"))
                adaptToolCallId(id->value);
            removeRefusedOfCall(members);
        }
    }

    void removeRefusedOfCall(const std::vector<json::Member> &members)
    {
        const auto isRefused = [this](const json::Member &member) {
            return std::ranges::contains(m_edit.quirks.refusedToolCallFields, member.key);
        };
        bool isThere = false;
        for (const json::Member &member : members) {
            if (!isRefused(member))
                continue;
            isThere = true;
            if (bytes(member) != "null")
                m_edit.noteDropped("messages.tool_calls." + member.key);
        }
        if (isThere)
            m_edit.splice.remove(members, isRefused);
    }

    void adaptToolCallId(json::Range value)
    {
        if (m_edit.quirks.toolCallIdLength == 0)
            return;
        const std::optional<QByteArray> id = textOf(value.of(m_edit.request.body));
        if (!id || id->isEmpty())
            return;
        const QByteArray fitting = fittingToolCallId(*id, m_edit.quirks.toolCallIdLength);
        if (fitting != *id)
            m_edit.splice.replace(value, json::quoted(fitting));
    }

    void removeRefused(const QByteArray &field)
    {
        const json::Member *member = find(field);
        if (!member)
            return;
        m_removed.push_back(member);
        if (bytes(*member) != "null")
            m_edit.noteDropped("messages." + field);
    }

    RequestEdit &m_edit;
    json::Range m_message;
    std::vector<json::Member> m_members;
    std::vector<const json::Member *> m_removed;
};

/// Most services have none of these quirks; their messages, which are most of the bytes, need not be looked at.
bool hasMessageQuirks(const QuirksConfig &quirks)
{
    return !quirks.developerRole || quirks.toolCallIdLength > 0 || quirks.reasoningWithToolCalls ||
           quirks.reasoningHistory != ReasoningHistory::AsSent || !quirks.refusedMessageFields.empty() ||
           !quirks.refusedToolCallFields.empty();
}

} // namespace

void adaptMessages(RequestEdit &edit)
{
    const json::Member *messages = edit.find("messages");
    if (!messages || !hasMessageQuirks(edit.quirks))
        return;
    for (const json::Range &message : json::elementsOf(edit.request.body, messages->value))
        MessageEdit(edit, message).adapt();
}

QByteArray fittingToolCallId(const QByteArray &id, int length)
{
    static constexpr QByteArrayView kCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    if (id.size() == length && std::ranges::all_of(id, [](char c) { return kCharacters.contains(c); }))
        return id;
    const QByteArray hash = QCryptographicHash::hash(id, QCryptographicHash::Sha512);
    QByteArray fitting;
    for (qsizetype i = 0; i < std::min<qsizetype>(length, hash.size()); ++i)
        fitting += kCharacters[static_cast<unsigned char>(hash[i]) % kCharacters.size()];
    return fitting;
}

} // namespace lunargate::openai
