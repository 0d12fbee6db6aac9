// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/event.h"
#include "gateway/async/task.h"

#include <QMetaObject>
#include <QObject>
#include <QScopeGuard>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace lunargate {

/// Has `question` called in the thread of `there`, from its event loop, and waits until it calls the function that it
/// is given with the answer: at once or later, in any thread, once. Destroying the task forgets the question, or its
/// answer; it may be called all the same. `there` outlives the task, and both threads have an event loop. `question`
/// must not throw.
template <typename Answer>
Task<Answer> askThread(QObject *there, std::function<void(std::function<void(Answer)>)> question)
{
    struct Shared
    {
        std::mutex mutex; // protects the members below
        QObject *asker = nullptr;
        std::optional<Answer> answer;
    };
    Event answered;
    QObject asker; // lives as long as somebody waits, in the thread that asks
    const auto shared = std::make_shared<Shared>();
    shared->asker = &asker;
    const auto forget = qScopeGuard([shared] {
        const std::scoped_lock lock(shared->mutex);
        shared->asker = nullptr;
    });
    const std::function<void(Answer)> answer = [shared, &answered](Answer found) {
        const std::scoped_lock lock(shared->mutex);
        shared->answer.emplace(std::move(found));
        if (shared->asker)
            QMetaObject::invokeMethod(shared->asker, [&answered] { answered.notify(); }, Qt::QueuedConnection);
    };
    QMetaObject::invokeMethod(
        there, [question = std::move(question), answer] { question(answer); }, Qt::QueuedConnection);
    co_await answered.wait();
    const std::scoped_lock lock(shared->mutex);
    co_return std::move(*shared->answer);
}

/// The same for a question that is answered when it returns.
template <typename Answer>
Task<Answer> askThread(QObject *there, std::function<Answer()> question)
{
    std::function<void(std::function<void(Answer)>)> ask =
        [question = std::move(question)](const std::function<void(Answer)> &answer) { answer(question()); };
    return askThread(there, std::move(ask));
}

} // namespace lunargate
