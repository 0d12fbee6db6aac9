// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/answer_text.h"

#include "gateway/json/writer.h"
#include "gateway/providers/simulator/tokens.h"

#include <algorithm>

namespace lunargate::simulator {

namespace {

constexpr int kQuotedTokens = 16;

constexpr QByteArrayView kSentences[] = {
    "Nothing of this left your computer.",
    "Every word counts as a token, so that usage and limits can be tried.",
    "The same question always gets the same answer.",
    "Put a real provider into the configuration to talk to a model.",
    "Faults such as broken streams and rate limits can be rehearsed here.",
    "Retries, fallbacks and caching work as they do with other providers.",
    "Tools are called with arguments that fit their schema.",
    "The length of this text is set by answer_tokens.",
};

constexpr QByteArrayView kThoughts[] = {
    "Let me look at what was asked.",
    "There is no model here, so the answer has to be made up.",
    "It should be short, honest and always the same.",
    "Now let me write it down.",
};

struct EffortRow
{
    QByteArrayView effort;
    int tokens;
};

constexpr EffortRow kEfforts[] = {{"minimal", 4}, {"low", 8}, {"medium", 16}, {"high", 32}, {"xhigh", 48}, {"max", 64}};

/// Appends sentences, in turn from `start`, until there are `count` tokens, and cuts there; a text ends with a stop.
template <size_t Size>
std::vector<QByteArray> fillUp(std::vector<QByteArray> tokens, const QByteArrayView (&sentences)[Size], quint64 start,
                               int count)
{
    const auto wanted = static_cast<size_t>(std::max(count, 0));
    for (quint64 i = start % Size; tokens.size() < wanted; i = (i + 1) % Size) {
        const QByteArray separator = tokens.empty() ? "" : " ";
        const std::vector<QByteArray> sentence = splitTokens(separator + sentences[i].toByteArray());
        tokens.insert(tokens.end(), sentence.begin(), sentence.end());
    }
    tokens.resize(wanted);
    if (wanted > 1)
        tokens.back() = ".";
    return tokens;
}

QByteArray introduction(const ChatRequestView &request)
{
    if (!request.toolResults.empty()) {
        QByteArray text = "LunarGate simulator here.";
        for (const QByteArray &result : request.toolResults)
            text += " The tool said: \"" + excerpt(result, kQuotedTokens) + "\".";
        return text;
    }
    if (request.lastUserText.isEmpty())
        return "LunarGate simulator here, not a real model.";
    return "LunarGate simulator here, not a real model. You wrote: \"" + excerpt(request.lastUserText, kQuotedTokens) +
           "\".";
}

} // namespace

std::vector<QByteArray> answerText(const ChatRequestView &request, quint64 seed, int tokens)
{
    return fillUp(splitTokens(introduction(request)), kSentences, seed, tokens);
}

QByteArray answerObject(const ChatRequestView &request)
{
    QByteArray text = "{\"simulator\":\"LunarGate\",\"model\":";
    json::appendString(text, request.model);
    text += ",\"answer\":";
    json::appendString(text, introduction(request));
    return text + '}';
}

std::vector<QByteArray> reasoningText(const ChatRequestView &request)
{
    if (request.reasoningEffort.isEmpty())
        return {};
    const auto row = std::ranges::find(kEfforts, QByteArrayView(request.reasoningEffort), &EffortRow::effort);
    const int tokens = row == std::end(kEfforts) ? 16 : row->tokens; // a name of tomorrow counts as medium
    return fillUp({}, kThoughts, 0, tokens);
}

} // namespace lunargate::simulator
