// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/running_requests.h"

#include "gateway/async/event.h"
#include "gateway/observability/request_record.h"

#include <QMetaObject>
#include <QScopeGuard>

#include <algorithm>
#include <functional>
#include <memory>

namespace lunargate {

namespace {

using std::chrono::microseconds;
using State = RunningRequest::State;

State stateOf(const RequestRecord &record)
{
    if (record.firstByteAt)
        return State::Answering;
    return record.attempts > 0 ? State::Waiting : State::Preparing;
}

RunningRequest runningRequest(const RequestRecord &record)
{
    const auto inMicroseconds = [](std::chrono::nanoseconds duration) {
        return std::chrono::floor<microseconds>(duration);
    };
    return {.id = record.requestId,
            .endpoint = record.endpoint,
            .caller = record.caller,
            .client = record.client,
            .route = record.route,
            .provider = record.provider,
            .model = record.model,
            .modelAsked = record.modelAsked,
            .stream = record.stream,
            .attempts = record.attempts,
            .state = stateOf(record),
            .time = std::chrono::floor<microseconds>(record.time),
            .elapsed = inMicroseconds(record.duration()),
            .timeToFirstByte = record.timeToFirstByte().transform(inMicroseconds),
            .streamedTextBytes = record.streamedTextBytes};
}

/// What the threads that are asked share with the one that asks.
struct Gathering
{
    std::mutex mutex; // protects the members below
    QObject *asker = nullptr;
    std::vector<RunningRequest> found;
};

} // namespace

const char *nameOf(RunningRequest::State state)
{
    switch (state) {
    case State::Preparing:
        return "preparing";
    case State::Waiting:
        return "waiting";
    case State::Answering:
        return "answering";
    }
    Q_UNREACHABLE_RETURN("");
}

Task<std::vector<RunningRequest>> RunningRequests::list()
{
    Event told;
    QObject asker; // lives as long as somebody waits, in the thread that asks
    const auto gathering = std::make_shared<Gathering>();
    gathering->asker = &asker;
    const auto forget = qScopeGuard([gathering] {
        const std::scoped_lock lock(gathering->mutex);
        gathering->asker = nullptr;
    });
    // Each question holds it: it goes with the last one, be it answered, or its thread gone.
    std::shared_ptr<void> questions(nullptr, [gathering, &told](void *) {
        const std::scoped_lock lock(gathering->mutex);
        if (gathering->asker)
            QMetaObject::invokeMethod(gathering->asker, [&told] { told.notify(); }, Qt::QueuedConnection);
    });
    {
        const std::scoped_lock lock(m_mutex);
        for (RunningBoard *board : m_boards) {
            const auto tell = [board, gathering, questions] {
                const std::scoped_lock filling(gathering->mutex);
                board->copyTo(gathering->found);
            };
            QMetaObject::invokeMethod(&board->m_here, tell, Qt::QueuedConnection);
        }
    }
    questions.reset();
    co_await told.wait();
    std::vector<RunningRequest> found;
    {
        const std::scoped_lock lock(gathering->mutex);
        found = std::move(gathering->found);
    }
    std::ranges::sort(found, std::ranges::greater(), &RunningRequest::time);
    co_return found;
}

RunningBoard::RunningBoard(RunningRequests &all) : m_all(all)
{
    const std::scoped_lock lock(m_all.m_mutex);
    m_all.m_boards.push_back(this);
}

RunningBoard::~RunningBoard()
{
    const std::scoped_lock lock(m_all.m_mutex);
    std::erase(m_all.m_boards, this);
}

void RunningBoard::copyTo(std::vector<RunningRequest> &found) const
{
    for (const RequestRecord *record : m_records)
        found.push_back(runningRequest(*record));
}

} // namespace lunargate
