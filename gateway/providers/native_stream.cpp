// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/native_stream.h"

#include <algorithm>

namespace lunargate {

namespace {

using Kind = ChatStreamEvent::Kind;

bool isFilterAlone(const ChatDelta &delta)
{
    return delta.finishReason == FinishReason::ContentFilter && delta.text.isEmpty() && delta.reasoning.isEmpty() &&
           !delta.toolCall;
}

} // namespace

QByteArray eventLines(const SseEvent &event)
{
    QByteArray lines;
    lines.reserve(event.type.size() + event.data.size() + 16);
    if (!event.type.isEmpty())
        lines.append("event: ").append(event.type).append('\n');
    lines.append("data: ");
    const qsizetype data = lines.size();
    lines.append(event.data);
    if (event.data.contains('\n'))
        lines.replace(data, event.data.size(), QByteArray(event.data).replace("\n", "\ndata: "));
    return lines;
}

void passAsItIs(QByteArray piece, std::vector<ChatStreamEvent> &events, size_t begin)
{
    const auto first = events.begin() + static_cast<std::ptrdiff_t>(begin);
    for (auto event = first; event != events.end(); ++event) {
        if (event->kind == Kind::Failure)
            event->payload = piece;
        if (event->kind != Kind::Delta && event->kind != Kind::Comment)
            continue;
        event->kind = Kind::Chunk;
        event->isFiltered = isFilterAlone(event->delta);
        event->payload = std::exchange(piece, {});
    }
    const bool isSaid = piece.isEmpty() || std::any_of(first, events.end(), [](const ChatStreamEvent &event) {
                            return event.kind == Kind::Failure;
                        });
    if (!isSaid)
        events.insert(first, {.kind = Kind::Chunk, .payload = std::move(piece)});
}

} // namespace lunargate
