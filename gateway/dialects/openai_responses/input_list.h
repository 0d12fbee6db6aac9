// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/openai_responses/responses_call.h"

#include <list>

namespace lunargate::responses {

/// The items that a call gives a model to read: those of earlier turns, then the client's own, in which references are
/// replaced by what they refer to. Refers to the body and to `earlier`.
class InputList
{
public:
    struct Item
    {
        json::Value value;
        QByteArrayView text; ///< as it stands in its list
        QByteArray place;    ///< for errors
        bool isEarlier = false;
    };

    InputList(const ResponsesBody &body, const EarlierTurns &earlier);
    InputList(const InputList &) = delete;
    InputList &operator=(const InputList &) = delete;

    const std::vector<Item> &items() const { return m_items; }

    /// All of them, as a JSON array.
    QByteArray text() const;

    bool hasPrevious() const { return m_hasPrevious; }

    /// The provider that keeps all that the client refers to; empty: none does, or the client refers to nothing.
    QByteArray keeper() const;

    /// Whether a provider that was not part of earlier turns must get others than the client's own items.
    bool isChanged() const { return m_isChanged; }
    /// Those, as a JSON array: without ids that only the gateway knows, and without thoughts that only it can read.
    QByteArray textForProvider() const;

    /// The documents that its items belong to, but for the client's own, for those who refer to them still.
    std::list<json::Document> takeDocuments() { return std::move(m_documents); }

private:
    qsizetype roomForItems() const; ///< bytes of a list of all of them
    void addEarlier(const QByteArray &list);
    void noteKeeper(const QByteArray &providerId);
    void addOwn(QByteArrayView bytes, json::Value list, json::Range range, const EarlierTurns &earlier);
    void addOwnItem(Item item, const EarlierTurns &earlier);
    const json::Document *parsed(const QByteArray &text);

    std::list<json::Document> m_documents; // of all that is not the client's own
    QByteArray m_plainText;                // an input that is a text, as a list
    std::vector<Item> m_items;
    std::optional<QByteArray> m_keeper; // nothing yet; empty: there is no single one
    bool m_hasPrevious = false;
    bool m_isChanged = false;
};

/// `items`, a JSON array, in the form in which they are kept: every item has `type` and `id`, and the content of
/// messages is a list. Ids are made of the response's where there are none.
QByteArray keptItems(const QByteArray &items, const QByteArray &responseId);

} // namespace lunargate::responses
