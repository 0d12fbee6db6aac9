// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/background_tasks.h"

#include "gateway/observability/logging.h"

#include <algorithm>

namespace lunargate {

namespace {

void logException(const std::exception_ptr &exception)
{
    if (!exception)
        return;
    QByteArray text;
    try {
        std::rethrow_exception(exception);
    } catch (const std::exception &known) {
        text = known.what();
    } catch (...) {
        text = "of unknown type";
    }
    logEvent(asyncLog(), LogLevel::Error, "background task failed by an exception", {{"text", text}});
}

} // namespace

void BackgroundTasks::start(Task<> task)
{
    m_runners.remove_if([](const TaskRunner &runner) { return !runner.isRunning(); });
    m_runners.emplace_back().start(std::move(task), logException);
}

qsizetype BackgroundTasks::running() const
{
    return std::ranges::count_if(m_runners, &TaskRunner::isRunning);
}

} // namespace lunargate
