// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/cache/cached_answer.h"

#include <QByteArrayView>

namespace lunargate {

/// Takes down a stream's frames while they are on their way to the client, up to a limit of bytes.
class StreamRecording
{
public:
    /// 0: takes nothing down.
    explicit StreamRecording(qint64 maxBytes) : m_maxBytes(maxBytes) {}

    void add(QByteArrayView frame)
    {
        if (frame.isEmpty() || m_maxBytes == 0)
            return;
        if (m_answer.body.size() + frame.size() > m_maxBytes) {
            m_maxBytes = 0;
            m_answer = {};
            return;
        }
        m_answer.body.append(frame);
        m_answer.frameEnds.push_back(m_answer.body.size());
    }

    /// Everything so far; without frames if it became too large.
    CachedAnswer take() { return std::move(m_answer); }

private:
    qint64 m_maxBytes;
    CachedAnswer m_answer;
};

} // namespace lunargate
