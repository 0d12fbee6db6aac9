// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lunargate {

/// Messages as JSON in the form of OpenTelemetry's conventions (gen-ai-input-messages.json,
/// gen-ai-output-messages.json), without secrets and without the bytes of images, audio and files.
struct MessageContent
{
    static constexpr qsizetype kLargest = 64 * 1024;

    QByteArray json = {}; ///< an array of kLargest bytes at the most; empty: there is nothing to tell
    qint64 leftOut = 0;   ///< messages that had no room, the oldest ones
};

/// Those of a request in OpenAI's chat dialect.
MessageContent inputMessages(const QByteArray &request);

/// Those of a chat.completion, one a choice.
MessageContent outputMessages(const QByteArray &completion);

} // namespace lunargate
