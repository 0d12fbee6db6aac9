// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detail/conversation_text.h"

#include "gateway/collector/stream_assembly.h"
#include "gateway/observability/request_record.h"
#include "ui/text/pretty_json.h"
#include "ui/detail/record_text.h"
#include "ui/text/number_text.h"

#include <QCoreApplication>

namespace lunargate::ui {

namespace {

using Kind = TextBlock::Kind;

QString translated(const char *text)
{
    return QCoreApplication::translate("ConversationText", text);
}

QString textOf(QByteArrayView utf8)
{
    return QString::fromUtf8(utf8);
}

/// Writes the messages of OpenAI's chat protocol.
class ConversationWriter
{
public:
    void addTools(json::Value tools)
    {
        QStringList names;
        for (const json::Value tool : tools.elements())
            names.append(textOf(tool["function"]["name"].string()));
        if (!names.isEmpty())
            note(translated(QT_TRANSLATE_NOOP("ConversationText", "Tools: %1")).arg(names.join(QStringLiteral(", "))));
    }

    void addMessage(json::Value message)
    {
        QString heading = textOf(message["role"].string());
        for (const char *name : {"name", "tool_call_id"}) {
            if (message[name].isString())
                heading += QStringLiteral(" · ") + textOf(message[name].string());
        }
        m_blocks.push_back({Kind::Heading, heading});
        for (const char *name : {"reasoning_content", "reasoning"}) {
            if (!message[name].string().isEmpty()) {
                note(translated(QT_TRANSLATE_NOOP("ConversationText", "thinks:")));
                note(textOf(message[name].string()));
                break;
            }
        }
        addContent(message["content"]);
        if (message["refusal"].isString())
            m_blocks.push_back({Kind::Body, textOf(message["refusal"].string())});
        for (const json::Value call : message["tool_calls"].elements())
            addCall(call);
    }

    void note(const QString &text) { m_blocks.push_back({Kind::Note, text}); }

    TextBlocks take() && { return std::move(m_blocks); }

private:
    void addContent(json::Value content)
    {
        if (content.isString())
            m_blocks.push_back({Kind::Body, textOf(content.string())});
        for (const json::Value part : content.elements()) {
            const QByteArrayView type = part["type"].string();
            if (part["text"].isString())
                m_blocks.push_back({Kind::Body, textOf(part["text"].string())});
            else if (type == "image_url")
                addImage(part["image_url"]["url"].string());
            else
                m_blocks.push_back({Kind::Code, prettyJson(part)});
        }
    }

    void addImage(QByteArrayView url)
    {
        const bool isInline = url.startsWith("data:");
        note(isInline
                 ? translated(QT_TRANSLATE_NOOP("ConversationText", "[image, %1]")).arg(sizeText(url.size() * 3 / 4))
                 : translated(QT_TRANSLATE_NOOP("ConversationText", "[image %1]")).arg(textOf(url)));
    }

    void addCall(json::Value call)
    {
        const json::Value function = call["function"];
        note(translated(QT_TRANSLATE_NOOP("ConversationText", "calls %1 (%2)"))
                 .arg(textOf(function["name"].string()), textOf(call["id"].string())));
        m_blocks.push_back({Kind::Code, prettyJson(function["arguments"].toByteArray())});
    }

    TextBlocks m_blocks;
};

void addInputs(ConversationWriter &writer, json::Value input)
{
    const auto add = [&writer](json::Value text) {
        writer.note(text.isString() ? textOf(text.string()) : prettyJson(text));
    };
    if (!input.isArray())
        add(input);
    for (const json::Value text : input.elements())
        add(text);
}

QByteArray completionOf(const HistoryRecord &record, const QByteArray &body)
{
    if (!record.stream)
        return body;
    RequestRecord names;
    names.requestId = record.id;
    names.model = record.model;
    return assembledCompletion(body, names);
}

} // namespace

TextBlocks conversationText(const HistoryRecord &record)
{
    const HistoryMessage *request = messageOf(record, HistoryPart::ClientRequest);
    if (!request)
        return {bodiesNotKept()};
    ConversationWriter writer;
    if (const std::optional<json::Document> document = shallowJson(request->body)) {
        const json::Value root = document->root();
        writer.addTools(root["tools"]);
        for (const json::Value message : root["messages"].elements())
            writer.addMessage(message);
        if (root["input"].exists())
            addInputs(writer, root["input"]);
    } else {
        writer.note(translated(
            QT_TRANSLATE_NOOP("ConversationText", "The request is no JSON, was cut, or is too deep; see Request.")));
    }
    if (const HistoryMessage *answer = messageOf(record, HistoryPart::ClientAnswer)) {
        const std::optional<json::Document> document = shallowJson(completionOf(record, answer->body));
        if (document)
            writer.addMessage(document->root()["choices"].at(0)["message"]);
    }
    if (!record.errorMessage.isEmpty())
        writer.note(QStringLiteral("%1: %2").arg(textOf(record.error), textOf(record.errorMessage)));
    return std::move(writer).take();
}

} // namespace lunargate::ui
