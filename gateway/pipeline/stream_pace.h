// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/observability/request_record.h"
#include "gateway/telemetry/histogram.h"

namespace lunargate {

/// Measures a stream while it goes through: the times between its pieces, and what the gateway is busy with it. It
/// begins with the first useful byte.
class StreamPace
{
public:
    /// The times between pieces go to `chunks`, too, in seconds; null: nobody else wants them.
    explicit StreamPace(RequestRecord &record, Histogram *chunks = nullptr)
        : m_record(record),
          m_chunks(chunks),
          m_busySince(record.firstByteAt.value_or(Clock::now())),
          m_lastContent(m_busySince)
    {
    }

    /// All that came is on its way to the client; now somebody else must do something.
    void passedOn(TimePoint now) { m_record.passingOn += now - m_busySince; }
    /// The provider could not be asked before, so that it is not to blame for the time.
    void clientCaughtUp(TimePoint now) { m_lastContent = now; }
    /// The provider sent something, or ended.
    void pieceCame(TimePoint now) { m_busySince = now; }
    /// What came last was more than a sign of life.
    void pieceHadContent()
    {
        m_record.chunkGaps.add(m_busySince - m_lastContent);
        if (m_chunks)
            m_chunks->add(std::chrono::duration<double>(m_busySince - m_lastContent).count());
        m_lastContent = m_busySince;
    }

private:
    RequestRecord &m_record;
    Histogram *m_chunks;
    TimePoint m_busySince;
    TimePoint m_lastContent;
};

} // namespace lunargate
