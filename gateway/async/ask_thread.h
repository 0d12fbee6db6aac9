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

/// Has `question` called in the thread of `there`, from its event loop, and waits for the answer. Destroying the task
/// forgets the question, or its answer; it may be called all the same. `there` outlives the task, and both threads have
/// an event loop. `question` must not throw.
template <typename Answer>
Task<Answer> askThread(QObject *there, std::function<Answer()> question)
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
    const auto answer = [shared, question = std::move(question), &answered] {
        Answer found = question();
        const std::scoped_lock lock(shared->mutex);
        shared->answer.emplace(std::move(found));
        if (shared->asker)
            QMetaObject::invokeMethod(shared->asker, [&answered] { answered.notify(); }, Qt::QueuedConnection);
    };
    QMetaObject::invokeMethod(there, answer, Qt::QueuedConnection);
    co_await answered.wait();
    const std::scoped_lock lock(shared->mutex);
    co_return std::move(*shared->answer);
}

} // namespace lunargate
