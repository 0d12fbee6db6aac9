// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/stream_frames.h"

#include "gateway/dialects/openai_chat/error_body.h"

#include <algorithm>

namespace lunargate::openai_chat {

namespace {

constexpr qsizetype kMaxCommentBytes = 256;

// One line a frame: many clients read line by line. Outside of strings, where JSON allows no line ends, they mean no
// more than a space.
void appendSingleLine(QByteArray &out, QByteArrayView text)
{
    const qsizetype begin = out.size();
    out.append(text);
    if (text.contains('\n'))
        std::replace(out.begin() + begin, out.end(), '\n', ' ');
}

} // namespace

void appendFrame(QByteArray &out, const ChatStreamEvent &event, bool includeUsage)
{
    using Kind = ChatStreamEvent::Kind;
    switch (event.kind) {
    case Kind::Chunk:
        if (event.isUsageOnly && !includeUsage)
            return;
        out.append("data: ");
        appendSingleLine(out, event.payload);
        break;
    case Kind::Comment:
        out.append(": ");
        // What it says is no more than a courtesy; a client that decodes strictly must not stumble over it.
        if (event.payload.size() <= kMaxCommentBytes && event.payload.isValidUtf8())
            appendSingleLine(out, event.payload);
        break;
    case Kind::End:
        out.append("data: [DONE]");
        break;
    case Kind::Failure:
        out.append("data: ").append(errorBody(event.error));
        break;
    }
    out.append("\n\n");
}

} // namespace lunargate::openai_chat
