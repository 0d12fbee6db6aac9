// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/json/document.h"

#include <map>
#include <vector>

namespace lunargate::openai_responses {

/// What the reader of an answer knows of the call.
struct OutputSettings
{
    /// Calls of a tool `parallel` are taken apart (see parallel_calls.h); not if the client has a tool of that name.
    bool unwrapsParallel = true;
    QByteArray origin;         ///< of thoughts, see thought_id.h
    bool isBackground = false; ///< it runs on whatever becomes of the call, so that its id is worth something by itself
};

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

    explicit OutputReader(OutputSettings settings) : m_settings(std::move(settings)) {}

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
    /// A text that was said so far, as far as it is needed to know it again in a snapshot.
    class SaidText
    {
    public:
        bool isEmpty() const { return m_size == 0; }
        /// What of `text` was not said yet; it counts as said from here on. Nothing of a snapshot that goes on from
        /// another text than this one.
        QByteArrayView add(QByteArrayView text, Form form);

    private:
        qsizetype m_size = 0;
        quint64 m_hash = 0;
    };
    struct Part
    {
        SaidText text, refusal;
        size_t annotations = 0;
    };
    /// What of the answer came before an item.
    struct Position
    {
        size_t calls = 0;
        bool isAfterText = false;
    };
    struct Item
    {
        std::map<qint64, Part> parts;
        std::map<qint64, SaidText> summaries, thoughts;
        std::optional<size_t> call; // in m_calls
        std::optional<Position> position;
        bool isFinished = false;
    };
    struct Call
    {
        QByteArray id; // the provider's
        bool isCustom = false;
        bool isFinished = false;
        SaidText arguments;
    };
    using UnfinishedCalls = std::multimap<QByteArrayView, size_t>; // by the provider's id

    void addAnnotations(Place place, json::Value annotations, Events &events);
    void addThoughts(qint64 index, json::Value item, Events &events);
    void addReasoningDetails(json::Value item, Position position, Events &events);
    void finishCall(Item &item, json::Value value, Events &events);
    bool takeApart(json::Value value, Events &events);
    size_t startCall(QByteArrayView id, QByteArrayView name, bool isCustom, Events &events);
    void continueCall(size_t index, QByteArrayView text, Form form, Events &events);
    void closeCall(size_t index, Events &events);
    void addMissedCall(json::Value item, UnfinishedCalls &unfinished, Events &events);
    Position position() const { return {m_calls.size(), m_hasText || m_hasRefusal}; }
    Position positionAfter(json::Value item, Position before) const;
    bool isWrapper(json::Value item) const;

    std::map<qint64, Item> m_items; // by output_index
    std::vector<Call> m_calls;      // in the order of their arrival
    std::map<QByteArray, size_t, std::less<>> m_callsById;
    QByteArray m_responseId;
    int m_detailCount = 0;
    qint64 m_textItem = 0; // where the last text belonged
    OutputSettings m_settings;
    bool m_isIntroduced = false;
    bool m_hasText = false;
    bool m_hasRefusal = false;
    bool m_hasReasoning = false;
    bool m_hasAnnotations = false;
};

/// The `usage` object of a response; nothing if it has none.
std::optional<Usage> readUsage(json::Value usage);

} // namespace lunargate::openai_responses
