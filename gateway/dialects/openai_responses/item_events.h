// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/openai_responses/event_frames.h"

#include <vector>

namespace lunargate::responses {

/// Where an item stands in a response's output.
struct ItemPlace
{
    QByteArray id;
    qsizetype index = 0; ///< `output_index`
};

/// Writes the events that begin and end items, and what all events of items have in common; gives out their places.
class ItemEvents
{
public:
    ItemEvents(EventFrames &frames, QByteArray responseId) : m_frames(frames), m_responseId(std::move(responseId)) {}

    ItemPlace next(QByteArrayView idKind);
    /// How many places were given out.
    qsizetype count() const { return static_cast<qsizetype>(m_done.size()); }

    /// `item` is JSON.
    void added(QByteArray &out, const ItemPlace &place, const QByteArray &item);
    void done(QByteArray &out, const ItemPlace &place, const QByteArray &item);

    /// Begins any other event of an item; further members follow, each behind a comma, then EventFrames::end().
    void begin(QByteArray &out, QByteArrayView type, const ItemPlace &place, QByteArrayView more = {});

    /// The items that are done, as a JSON array.
    QByteArray doneItems() const;

private:
    void appendItem(QByteArray &out, QByteArrayView type, const ItemPlace &place, const QByteArray &item);

    EventFrames &m_frames;
    const QByteArray m_responseId;
    std::vector<QByteArray> m_done; // by index; empty: not yet
};

} // namespace lunargate::responses
