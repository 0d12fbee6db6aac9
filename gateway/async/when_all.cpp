// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/when_all.h"

#include "gateway/async/event.h"
#include "gateway/async/task_runner.h"

namespace lunargate {

namespace {

struct Branch
{
    TaskRunner runner;
    std::exception_ptr exception;
};

} // namespace

Task<> whenAll(std::vector<Task<>> tasks)
{
    std::vector<Branch> branches(tasks.size());
    Event ended;
    size_t running = tasks.size();
    for (size_t i = 0; i < tasks.size(); ++i) {
        branches[i].runner.start(std::move(tasks[i]), [&branch = branches[i], &ended, &running](std::exception_ptr e) {
            branch.exception = std::move(e);
            if (--running == 0)
                ended.notify(); // may destroy all of this
        });
    }
    if (running > 0)
        co_await ended.wait();
    for (const Branch &branch : branches) {
        if (branch.exception)
            std::rethrow_exception(branch.exception);
    }
}

} // namespace lunargate
