// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/event.h"
#include "gateway/async/task_runner.h"

#include <deque>
#include <list>
#include <optional>

namespace lunargate {

/// Runs tasks side by side and tells which ends next. It owns them: destroying it cancels those that still run. All in
/// one thread, and not to be destroyed from inside one of the tasks; whoever waits in next() may destroy it.
template <typename T>
class Race
{
public:
    /// A task that has ended.
    struct Finish
    {
        std::size_t number = 0; ///< counts the tasks in the order of their start, from 0
        T value;
    };

    Race() = default;
    Race(const Race &) = delete;
    Race &operator=(const Race &) = delete;

    /// Starts `task` at once, on the caller's stack.
    void start(Task<T> task)
    {
        Entrant &entrant = m_entrants.emplace_back(m_entrants.size());
        ++m_left;
        entrant.runner.start(keep(std::move(task), &entrant.value), [this, &entrant](std::exception_ptr exception) {
            entrant.exception = std::move(exception);
            m_ended.push_back(&entrant);
            // Not from here: below on the stack may be frames of another task, which the waiter is free to destroy.
            m_wakeUp.start(Clock::now());
        });
    }

    /// How many next() has not told yet: those that still run, and those that have ended since.
    std::size_t left() const { return m_left; }

    /// Waits for the next task that ends, in the order in which they do; nothing if none has at the deadline. Throws
    /// what left the task. Not to be called when none is left.
    Task<std::optional<Finish>> next(TimePoint deadline = kNever)
    {
        while (m_ended.empty()) {
            const bool isInTime = co_await m_event.wait(deadline);
            if (!isInTime && m_ended.empty())
                co_return std::nullopt;
        }
        Entrant &entrant = *m_ended.front();
        m_ended.pop_front();
        --m_left;
        if (entrant.exception)
            std::rethrow_exception(entrant.exception);
        co_return Finish{entrant.number, *std::move(entrant.value)};
    }

private:
    struct Entrant
    {
        explicit Entrant(std::size_t count) : number(count) {}

        std::size_t number;
        std::optional<T> value;
        std::exception_ptr exception;
        TaskRunner runner; // last, so that its frames go first
    };

    static Task<> keep(Task<T> task, std::optional<T> *value) { value->emplace(co_await std::move(task)); }

    Event m_event;
    Timer m_wakeUp{[this] { m_event.notify(); }}; // may destroy all of this
    std::size_t m_left = 0;
    std::deque<Entrant *> m_ended;
    std::list<Entrant> m_entrants;
};

} // namespace lunargate
