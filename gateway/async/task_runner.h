// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task.h"

#include <QObject>

#include <functional>

namespace lunargate {

/// Runs one task from plain (non-coroutine) code and owns it: the root of every chain of awaits.
/// Single-threaded; its thread needs an event loop for cancel().
class TaskRunner : public QObject
{
public:
    /// What the task ended with: nothing, or the exception that left it.
    using Finished = std::function<void(std::exception_ptr)>;

    TaskRunner() = default;
    /// Cancels. Must not be called from inside the task's own frames; they call cancel() instead.
    ~TaskRunner() override;

    /// Starts `task` at once, on the caller's stack. `finished` is called when it ended by itself, possibly before this
    /// returns; not when it was cancelled. It may start the next task, or destroy the runner.
    void start(Task<> task, Finished finished);

    /// Destroys the task from the event loop, never from inside its frames, so that it may be called from anywhere;
    /// `cancelled` is called afterwards, unless the task ended by itself before.
    void cancel(std::function<void()> cancelled = {});

    bool isRunning() const { return bool(m_root); }

private:
    struct Root;
    static Root run(TaskRunner *runner, Task<> task);
    void finish();

    std::coroutine_handle<> m_root; // the outermost frame, while it exists
    Finished m_finished;
    std::exception_ptr m_exception;
    quint64 m_generation = 0; // tells which task a queued cancel meant
};

} // namespace lunargate
