// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/select_model.h"

#include "gateway/observability/logging.h"

namespace lunargate {

namespace {

SelectionInput inputOf(const Conversation &conversation)
{
    SelectionInput input;
    for (const ChatMessage &message : conversation.messages) {
        if (message.role != ChatRole::User)
            continue;
        bool continuesMessage = false;
        for (const ContentPart &part : message.content) {
            if (part.kind == ContentPart::Kind::Text)
                input.userTexts.push_back({part.text, std::exchange(continuesMessage, true)});
        }
    }
    input.hasTools = !conversation.tools.empty() || conversation.toolChoice.has_value();
    return input;
}

// Of a request that has no canonical form, but may be understood by a provider all the same.
SelectionInput inputOf(json::Value root)
{
    SelectionInput input;
    for (const json::Value message : root["messages"].elements()) {
        if (message["role"].string() != "user")
            continue;
        const json::Value content = message["content"];
        if (content.isString())
            input.userTexts.push_back({content.string()});
        bool continuesMessage = false;
        for (const json::Value part : content.elements()) {
            if (part["text"].isString())
                input.userTexts.push_back({part["text"].string(), std::exchange(continuesMessage, true)});
        }
    }
    const json::Value choice = root["tool_choice"];
    input.hasTools = root["tools"].size() > 0 || (choice.exists() && !choice.isNull());
    return input;
}

void log(const RequestContext &context, const ModelSelection &selection)
{
    if (!isLogEnabled(routingLog(), LogLevel::Debug))
        return;
    QByteArray counted;
    for (const ScorePart &part : selection.parts) {
        if (part.counts)
            counted += (counted.isEmpty() ? "" : " ") + part.category.toByteArray();
    }
    logEvent(routingLog(), LogLevel::Debug, "model selection",
             {{"request_id", context.record.requestId},
              {"score", selection.score},
              {"tier", selection.tier},
              {"skill", selection.skill},
              {"counted", counted}});
}

} // namespace

HeaderList selectModel(const RequestContext &context, const ChatRequest &request, const RequestedModel &requested)
{
    const ModelSelector &selector = context.runtime->selector;
    if (!selector.appliesTo(requested))
        return {};
    const ModelSelection selection = selector.select(selectionInput(request));
    log(context, selection);
    return selector.headersOf(selection);
}

SelectionInput selectionInput(const ChatRequest &request)
{
    if (request.conversation)
        return inputOf(*request.conversation);
    return inputOf(request.native ? request.native->document.root() : request.document.root());
}

} // namespace lunargate
