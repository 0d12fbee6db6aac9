// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task_runner.h"

#include <QEventLoop>
#include <QTimer>

#include <optional>

namespace lunargate::test {

template <typename T>
Task<> storeResult(Task<T> task, std::optional<T> *result)
{
    result->emplace(co_await std::move(task));
}

/// Runs `task` in the test's event loop; nothing if it has not ended after `timeout`.
template <typename T>
std::optional<T> runTask(Task<T> task, std::chrono::milliseconds timeout = std::chrono::seconds(10))
{
    std::optional<T> result;
    QEventLoop loop;
    TaskRunner runner;
    runner.start(storeResult(std::move(task), &result), [&loop](std::exception_ptr) { loop.quit(); });
    if (runner.isRunning()) {
        QTimer limit; // a single shot without an object would stay until its time
        limit.setSingleShot(true);
        QObject::connect(&limit, &QTimer::timeout, &loop, &QEventLoop::quit);
        limit.start(timeout);
        loop.exec();
    }
    return result;
}

} // namespace lunargate::test
