// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task_runner.h"

#include <list>

namespace lunargate {

/// Tasks that nobody waits for. It owns them: destroying it cancels those that still run, so whatever they use must
/// outlive it. Single-threaded; must not be destroyed from inside one of its tasks.
class BackgroundTasks
{
public:
    /// Starts `task` at once, on the caller's stack. An exception that leaves it is logged.
    void start(Task<> task);

    /// How many still run.
    qsizetype running() const;

private:
    std::list<TaskRunner> m_runners; // those that ended stay until the next start
};

} // namespace lunargate
