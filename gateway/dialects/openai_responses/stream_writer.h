// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/openai_responses/response_object.h"
#include "gateway/dialects/openai_responses/stream_output.h"

namespace lunargate::responses {

/// Writes what a client gets for a provider's stream events: those of the protocol itself byte for byte, deltas as
/// events of our own. Exactly one event ends it, and says how. One object a stream.
class StreamWriter final : public lunargate::StreamWriter
{
public:
    struct Settings
    {
        ResponseHead head;
        ClientTools tools;
        /// Told how a stream ended that did not fail; empty: nobody wants to know. May outlive its call.
        std::function<void(FinishedResponse)> onFinished;
        bool isBackground = false; ///< then told how it begins, too, and that its provider says that it failed
        QByteArray provider;       ///< its id
        qint64 (*now)() = nullptr; ///< Unix seconds
    };

    explicit StreamWriter(Settings settings)
        : m_settings(std::move(settings)), m_output(m_frames, m_settings.head.id, m_settings.tools)
    {
    }

    void append(QByteArray &out, const ChatStreamEvent &event) override;
    qsizetype heldBytes() const override { return m_output.heldBytes(); }

private:
    void appendChunk(QByteArray &out, const ChatStreamEvent &event);
    void appendDelta(QByteArray &out, const ChatDelta &delta);
    void appendEnd(QByteArray &out);
    void appendFailure(QByteArray &out, const Error &error, const QByteArray &said);
    void begin(QByteArray &out);
    void appendResponse(QByteArray &out, QByteArrayView type, const QByteArray &object);
    void tellNative(const QByteArray &chunk);
    std::optional<FinishedResponse> readNative(const QByteArray &chunk) const;
    void goOnFromNative();

    Settings m_settings;
    EventFrames m_frames;
    StreamOutput m_output;
    QByteArray m_lastChunk; // of the protocol itself
    std::optional<Usage> m_usage;
    FinishReason m_finishReason = FinishReason::Stop;
    bool m_hasBegun = false;
};

/// A whole stream that only says why there is none.
QByteArray errorFrame(const Error &error);

} // namespace lunargate::responses
