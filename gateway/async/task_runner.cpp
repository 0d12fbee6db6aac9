// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/task_runner.h"

#include <QMetaObject>

namespace lunargate {

// The outermost coroutine. Its frame tells the runner when it stands at its final suspension, where destroying it is
// allowed; awaiting tasks from there on is ordinary.
struct TaskRunner::Root
{
    struct promise_type
    {
        explicit promise_type(TaskRunner *owner, Task<> &) : runner(owner) {}

        struct TellRunner
        {
            bool await_ready() const noexcept { return false; }
            // Returns void on purpose: the frame is gone afterwards, so nothing may be transferred to.
            void await_suspend(std::coroutine_handle<promise_type> finished) const noexcept
            {
                finished.promise().runner->finish();
            }
            void await_resume() const noexcept {}
        };

        Root get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() const noexcept { return {}; }
        TellRunner final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        void unhandled_exception() noexcept { runner->m_exception = std::current_exception(); }

        TaskRunner *runner;
    };

    std::coroutine_handle<> frame;
};

TaskRunner::~TaskRunner()
{
    if (m_root)
        m_root.destroy();
}

TaskRunner::Root TaskRunner::run(TaskRunner *, Task<> task)
{
    co_await std::move(task);
}

void TaskRunner::start(Task<> task, Finished finished)
{
    Q_ASSERT_X(!m_root, "TaskRunner", "one task at a time");
    ++m_generation;
    m_exception = nullptr;
    m_finished = std::move(finished);
    m_root = run(this, std::move(task)).frame;
    m_root.resume();
}

void TaskRunner::finish()
{
    std::exchange(m_root, nullptr).destroy();
    const Finished finished = std::exchange(m_finished, nullptr);
    const std::exception_ptr exception = std::exchange(m_exception, nullptr);
    if (finished)
        finished(exception);
}

void TaskRunner::cancel(std::function<void()> cancelled)
{
    if (!m_root)
        return;
    const auto destroyRoot = [this, generation = m_generation, cancelled = std::move(cancelled)] {
        if (!m_root || generation != m_generation)
            return;
        std::exchange(m_root, nullptr).destroy();
        m_finished = nullptr;
        if (cancelled)
            cancelled();
    };
    QMetaObject::invokeMethod(this, destroyRoot, Qt::QueuedConnection);
}

} // namespace lunargate
