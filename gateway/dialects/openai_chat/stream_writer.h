// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/dialect.h"

#include <QByteArray>

namespace lunargate::openai_chat {

/// Writes what a client gets for a provider's stream events: chunks in `data:` frames, comments, `[DONE]`, error
/// frames. Chunks of the same dialect pass byte for byte; deltas become chunks. One object a stream.
class StreamWriter final : public lunargate::StreamWriter
{
public:
    struct Settings
    {
        bool includeUsage = false;  ///< the client asked for the usage chunk; without it there is none
        QByteArray fallbackId = {}; ///< until the provider says what it calls the answer, or if it never does
        QByteArray fallbackModel = {};
        qint64 created = 0; ///< Unix seconds
    };

    explicit StreamWriter(Settings settings) : m_settings(std::move(settings)) {}

    void append(QByteArray &out, const ChatStreamEvent &event) override;

private:
    void appendDelta(QByteArray &out, const ChatDelta &delta);
    void appendUsage(QByteArray &out);
    void beginChunk(QByteArray &out);
    void endChunk(QByteArray &out, const ChatDelta &delta);

    Settings m_settings;
    QByteArray m_prefix; // of every chunk, once it is known
    std::optional<Usage> m_usage;
    bool m_hasRole = false;
    bool m_hasDeltas = false;
};

/// A whole stream that only says why there is none.
QByteArray errorFrame(const Error &error);

/// A frame without meaning, which keeps connections open that somebody in between would close.
inline constexpr QByteArrayView kKeepAliveFrame = ": keep-alive\n\n";

} // namespace lunargate::openai_chat
