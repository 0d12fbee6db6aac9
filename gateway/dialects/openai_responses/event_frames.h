// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace lunargate::responses {

/// Frames stream events and counts them: each has the number that follows the one before (OpenAI API reference,
/// "Streaming events", `sequence_number`).
class EventFrames
{
public:
    /// Begins a frame with an object that has `type` and `sequence_number`; further members follow, each behind a
    /// comma.
    void begin(QByteArray &out, QByteArrayView type)
    {
        out.append("event: ").append(type).append("\ndata: {\"type\":\"").append(type);
        out.append("\",\"sequence_number\":").append(QByteArray::number(m_next++));
    }
    static void end(QByteArray &out) { out.append("}\n\n"); }

    /// Somebody else numbered the events until here.
    void setNext(qint64 number) { m_next = number; }

private:
    qint64 m_next = 0;
};

} // namespace lunargate::responses
