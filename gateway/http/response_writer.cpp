// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/response_writer.h"

namespace lunargate {

namespace {

// What may wait in this process for one slow client; a stream is paused above the first and goes on below the second.
constexpr qint64 kCongestedBytes = 256 * 1024;
constexpr qint64 kDrainedBytes = 64 * 1024;

} // namespace

ResponseWriter::ResponseWriter(bool headOnly) : m_headOnly(headOnly)
{
    m_headers.reserve(HeaderList::kUsualFields);
}

void ResponseWriter::send(int status, QByteArrayView contentType, QByteArrayView body)
{
    Q_ASSERT(m_state == State::NotStarted);
    m_state = State::Finished;
    m_status = status;
    if (!m_headOnly)
        m_bodyBytes = body.size();
    putWhole(contentType, body);
}

void ResponseWriter::startStream(int status, QByteArrayView contentType)
{
    Q_ASSERT(m_state == State::NotStarted);
    m_state = State::Streaming;
    m_status = status;
    putHead(contentType);
}

void ResponseWriter::write(QByteArrayView bytes)
{
    Q_ASSERT(m_state == State::Streaming);
    if (m_headOnly)
        return;
    if (bytes.isEmpty()) { // an event that is useful, and nothing to say: its client learns that the stream began
        flushHead();
        return;
    }
    m_bodyBytes += bytes.size();
    if (m_onWrite)
        m_onWrite(bytes);
    putPiece(bytes);
}

void ResponseWriter::finishStream()
{
    Q_ASSERT(m_state == State::Streaming);
    m_state = State::Finished;
    putEnd();
}

bool ResponseWriter::isCongested() const
{
    return waitingBytes() > kCongestedBytes;
}

void ResponseWriter::bytesWritten()
{
    if (waitingBytes() <= kDrainedBytes)
        m_drained.notify();
}

} // namespace lunargate
