// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/json/document.h"

#include <map>
#include <vector>

namespace lunargate::openai_responses {

/// Turns the output of a response into events that say everything once, however it comes: in pieces, in snapshots that
/// repeat the pieces, or in one object at the end. A snapshot adds only what was not said before.
///
/// Items are told apart by their `output_index`, because some relays change an item's id from event to event.
class OutputReader
{
public:
    using Events = std::vector<ChatStreamEvent>;

    enum class Form {
        Piece,    ///< goes on from what was said
        Snapshot, ///< everything so far
    };

    enum class Outcome { Complete, Incomplete };

    /// A part of an item: `output_index` and `content_index` or `summary_index`.
    struct Place
    {
        qint64 item = 0;
        qint64 part = 0;
    };

    enum class Thought {
        Summary, ///< `summary`: what the service tells about closed models' thoughts
        Raw,     ///< `content`: the thoughts of open models
    };

    /// `unwrapsParallel`: calls of a tool `parallel` are taken apart (see parallel_calls.h); not if the client has
    /// a tool of that name.
    explicit OutputReader(bool unwrapsParallel) : m_unwrapsParallel(unwrapsParallel) {}

    /// Tells id and model of the response, once.
    void introduce(json::Value response, Events &events);

    void beginItem(qint64 index, json::Value value, Events &events);
    void addText(Place place, QByteArrayView text, Form form, Events &events);
    void addRefusal(Place place, QByteArrayView text, Form form, Events &events);
    void addThought(Place place, Thought thought, QByteArrayView text, Form form, Events &events);
    void addArguments(qint64 index, QByteArrayView text, Form form, Events &events);
    void addAnnotation(Place place, json::Value annotation, Events &events);
    /// A content part of any kind, as far as it is known.
    void addPart(Place place, json::Value part, Events &events);
    void finishItem(qint64 index, json::Value value, Events &events);

    /// Says what of a response's `output` no event before has said.
    void addMissedItems(json::Value output, Events &events);
    /// Ends the answer: finish reason and usage.
    void finish(json::Value response, Outcome outcome, Events &events);

private:
    struct Part
    {
        qsizetype text = 0; // bytes said
        qsizetype refusal = 0;
        size_t annotations = 0;
    };
    struct Item
    {
        std::map<qint64, Part> parts;
        std::map<qint64, qsizetype> summaries, thoughts; // bytes said
        std::optional<size_t> call;                      // in m_calls
        bool isFinished = false;
    };
    struct Call
    {
        QByteArray id; // the provider's
        bool isCustom = false;
        qsizetype arguments = 0; // bytes said
    };

    void addAnnotations(Place place, json::Value annotations, Events &events);
    void addThoughts(qint64 index, json::Value item, Events &events);
    void addReasoningDetails(json::Value item, Events &events);
    void finishCall(Item &item, json::Value value, Events &events);
    bool takeApart(json::Value value, Events &events);
    size_t startCall(QByteArrayView id, QByteArrayView name, bool isCustom, Events &events);
    void continueCall(size_t index, QByteArrayView text, Form form, Events &events);
    void closeCall(size_t index, Events &events);
    void addMissedCall(json::Value item, Events &events);

    std::map<qint64, Item> m_items; // by output_index
    std::vector<Call> m_calls;      // in the order of their arrival
    std::map<QByteArray, size_t, std::less<>> m_callsById;
    QByteArray m_responseId;
    int m_detailCount = 0;
    qint64 m_textItem = 0; // where the last text belonged
    bool m_unwrapsParallel;
    bool m_isIntroduced = false;
    bool m_hasText = false;
    bool m_hasRefusal = false;
    bool m_hasReasoning = false;
    bool m_hasAnnotations = false;
};

/// The `usage` object of a response; nothing if it has none.
std::optional<Usage> readUsage(json::Value usage);

} // namespace lunargate::openai_responses
