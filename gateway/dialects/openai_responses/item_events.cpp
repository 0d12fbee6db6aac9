// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/item_events.h"

#include "gateway/dialects/openai_responses/item_ids.h"

namespace lunargate::responses {

ItemPlace ItemEvents::next(QByteArrayView idKind)
{
    const qsizetype index = count();
    m_done.emplace_back();
    return {itemId(idKind, m_responseId, index), index};
}

void ItemEvents::added(QByteArray &out, const ItemPlace &place, const QByteArray &item)
{
    appendItem(out, "response.output_item.added", place, item);
}

void ItemEvents::done(QByteArray &out, const ItemPlace &place, const QByteArray &item)
{
    appendItem(out, "response.output_item.done", place, item);
    m_done[static_cast<size_t>(place.index)] = item;
}

void ItemEvents::begin(QByteArray &out, QByteArrayView type, const ItemPlace &place, QByteArrayView more)
{
    m_frames.begin(out, type);
    out.append(R"(,"item_id":")").append(place.id).append(R"(","output_index":)");
    out.append(QByteArray::number(place.index)).append(more);
}

QByteArray ItemEvents::doneItems() const
{
    QByteArray list = "[";
    for (const QByteArray &item : m_done) {
        if (item.isEmpty())
            continue;
        if (list.size() > 1)
            list += ',';
        list += item;
    }
    return list + ']';
}

void ItemEvents::appendItem(QByteArray &out, QByteArrayView type, const ItemPlace &place, const QByteArray &item)
{
    m_frames.begin(out, type);
    out.append(R"(,"output_index":)").append(QByteArray::number(place.index)).append(R"(,"item":)").append(item);
    EventFrames::end(out);
}

} // namespace lunargate::responses
