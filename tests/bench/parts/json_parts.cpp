// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/document.h"
#include "gateway/json/splice.h"
#include "tests/bench/parts/agent_talk.h"
#include "tests/bench/parts/part.h"

namespace lunargate::bench {

namespace {

Part::Work parse()
{
    return [body = agentChatBody()] {
        const std::optional<json::Document> document = json::Document::parse(body);
        return document ? qsizetype(document->root().size()) : 0;
    };
}

// What is done to every body that goes to another model: its members are found once, then one is replaced.
Part::Work members()
{
    return [body = agentChatBody()] { return qsizetype(json::membersOf(body, json::wholeValue(body)).size()); };
}

Part::Work spliceModel()
{
    const QByteArray body = agentChatBody();
    const json::Range object = json::wholeValue(body);
    return [body, object, members = json::membersOf(body, object)] {
        json::Splice splice(body);
        splice.set(object, members, "model", "\"another-model\"");
        return splice.result().size();
    };
}

} // namespace

std::vector<Part> jsonParts()
{
    return {{"json/parse", 10, &parse}, {"json/members", 10, &members}, {"json/splice", 50, &spliceModel}};
}

} // namespace lunargate::bench
