// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtAssert>

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace lunargate {

template <typename T>
class Task;

namespace detail {

struct TaskPromiseBase
{
    // Who goes on when this task ends; nobody while whoever awaits it is still starting it.
    std::coroutine_handle<> continuation = std::noop_coroutine();
    std::exception_ptr exception;

    struct FinalAwaiter
    {
        bool await_ready() const noexcept { return false; }
        template <typename Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> finished) const noexcept
        {
            return finished.promise().continuation;
        }
        void await_resume() const noexcept {}
    };

    std::suspend_always initial_suspend() const noexcept { return {}; }
    FinalAwaiter final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { exception = std::current_exception(); }
};

template <typename T>
struct TaskPromise : TaskPromiseBase
{
    std::optional<T> result;

    Task<T> get_return_object() noexcept;
    template <typename U = T>
    void return_value(U &&value)
    {
        result.emplace(std::forward<U>(value));
    }
    T take()
    {
        if (exception)
            std::rethrow_exception(exception);
        return std::move(*result);
    }
};

template <>
struct TaskPromise<void> : TaskPromiseBase
{
    Task<void> get_return_object() noexcept;
    void return_void() const noexcept {}
    void take() const
    {
        if (exception)
            std::rethrow_exception(exception);
    }
};

} // namespace detail

/// A coroutine that its owner holds. It starts when awaited, and **destroying it cancels it**: the suspended frames
/// unwind, innermost first, and their locals give back what they hold (calls, timers, registrations).
///
/// Rules that keep this safe: a task is never destroyed from inside its own running frames (see TaskRunner::cancel,
/// which queues); a coroutine takes its parameters by value or as a reference to something that outlives the task;
/// coroutine lambdas have no captures; no `co_await` inside a `?:` (gcc 14 awaits `f()` in `c ? 1 : 1 + co_await f()`
/// even if c is true). A task belongs to the thread that awaits it.
template <typename T = void>
class [[nodiscard]] Task
{
public:
    using promise_type = detail::TaskPromise<T>;

    Task(Task &&other) noexcept : m_frame(std::exchange(other.m_frame, nullptr)) {}
    Task &operator=(Task &&other) noexcept
    {
        std::swap(m_frame, other.m_frame);
        return *this;
    }
    ~Task()
    {
        if (m_frame)
            m_frame.destroy();
    }

    auto operator co_await() && noexcept
    {
        struct Awaiter
        {
            std::coroutine_handle<promise_type> frame;

            bool await_ready() const noexcept { return false; }
            // A plain call instead of a symmetric transfer: gcc makes that a jump only when it optimises, and so a loop
            // over tasks that end at once would grow the stack by a frame each round.
            bool await_suspend(std::coroutine_handle<> awaiting) const
            {
                frame.resume();
                if (frame.done())
                    return false; // it ended at once: whoever awaits it goes on without having been suspended
                frame.promise().continuation = awaiting;
                return true;
            }
            T await_resume() const { return frame.promise().take(); }
        };
        Q_ASSERT_X(m_frame && !m_frame.done(), "Task", "a task is awaited once");
        return Awaiter{m_frame};
    }

private:
    friend promise_type;
    explicit Task(std::coroutine_handle<promise_type> frame) noexcept : m_frame(frame) {}

    std::coroutine_handle<promise_type> m_frame;
};

namespace detail {

template <typename T>
Task<T> TaskPromise<T>::get_return_object() noexcept
{
    return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}

inline Task<void> TaskPromise<void>::get_return_object() noexcept
{
    return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}

} // namespace detail

} // namespace lunargate
