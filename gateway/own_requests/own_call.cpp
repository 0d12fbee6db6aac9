// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/own_requests/own_call.h"

#include "gateway/own_requests/own_requests.h"

#include <utility>

namespace lunargate {

OwnProgress OwnCall::take()
{
    const std::scoped_lock lock(m_answer->mutex);
    OwnProgress taken = m_answer->progress;
    m_answer->progress.body.clear();
    return taken;
}

void OwnCall::cancel()
{
    const std::scoped_lock lock(m_answer->mutex); // so that the runner waits with its end
    if (!m_answer->progress.endedAt)
        m_requests.cancel(m_answer);
}

} // namespace lunargate
