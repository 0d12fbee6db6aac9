// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/replay/replay_queue.h"

#include "gateway/history/history.h"

#include <algorithm>

namespace lunargate::ui {

namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;
using State = ReplayRun::State;

bool isStream(const OwnProgress &progress)
{
    return progress.contentType.startsWith("text/event-stream");
}

microseconds between(TimePoint begin, TimePoint end)
{
    return std::chrono::floor<microseconds>(end - begin);
}

} // namespace

ReplayQueue::ReplayQueue(Gateway &gateway, const HistoryRecord &original) : m_gateway(&gateway)
{
    ReplayRun run{.target = tr("The request itself"), .state = State::Ended};
    run.take(original);
    run.answer = AnswerText::of(original);
    m_runs.push_back(std::move(run));
    m_timer.setInterval(100ms);
    connect(&m_timer, &QTimer::timeout, this, &ReplayQueue::look);
}

ReplayQueue::~ReplayQueue() = default;

void ReplayQueue::setGateway(Gateway *gateway)
{
    cancel();
    m_settling = BackgroundTasks();
    m_gateway = gateway;
    if (!m_call)
        return;
    ReplayRun &run = m_runs[static_cast<size_t>(m_current)];
    run.state = State::Cancelled;
    run.answer.finish();
    startNext(); // none waits
    Q_EMIT runChanged(m_current);
}

bool ReplayQueue::isBusy() const
{
    return !m_runs.back().hasEnded();
}

void ReplayQueue::add(const HttpRequest &request, const QString &target, int times)
{
    Q_EMIT runsAboutToBeAdded(count(), count() + times - 1);
    for (int i = 0; i < times; ++i) {
        m_runs.push_back({.target = target});
        m_requests.push_back(request);
    }
    Q_EMIT runsAdded();
    if (!m_call)
        startNext();
}

void ReplayQueue::startNext()
{
    m_call.reset();
    m_timer.stop();
    if (m_requests.empty())
        return;
    m_current = count() - static_cast<int>(m_requests.size());
    HttpRequest request = std::move(m_requests.front());
    m_requests.pop_front();
    request.receivedAt = Clock::now();
    m_isCancelled = false;
    m_call = m_gateway->send(std::move(request));
    m_runs[static_cast<size_t>(m_current)].state = State::Sent;
    m_timer.start();
    Q_EMIT runChanged(m_current);
}

void ReplayQueue::cancel()
{
    const int firstWaiting = count() - static_cast<int>(m_requests.size());
    m_requests.clear();
    for (int number = firstWaiting; number < count(); ++number) {
        m_runs[static_cast<size_t>(number)].state = State::Cancelled;
        Q_EMIT runChanged(number);
    }
    if (!m_call)
        return;
    m_isCancelled = true;
    m_call->cancel();
}

void ReplayQueue::look()
{
    const OwnProgress progress = m_call->take();
    ReplayRun &run = m_runs[static_cast<size_t>(m_current)];
    if (run.state == State::Sent && progress.status != 0) {
        run.state = State::Streaming;
        run.status = progress.status;
        run.answer = AnswerText(isStream(progress));
    }
    run.answer.feed(progress.body);
    run.isShortened = progress.isShortened;
    run.total = between(progress.sentAt, progress.endedAt.value_or(Clock::now()));
    if (progress.firstByteAt && isStream(progress))
        run.firstToken = between(progress.sentAt, *progress.firstByteAt);
    const int number = m_current;
    if (progress.endedAt)
        end(progress);
    Q_EMIT runChanged(number);
}

void ReplayQueue::end(const OwnProgress &progress)
{
    ReplayRun &run = m_runs[static_cast<size_t>(m_current)];
    run.state = m_isCancelled ? State::Cancelled : State::Ended;
    run.answer.finish();
    if (!progress.requestId.isEmpty())
        m_settling.start(settle(m_current, progress.requestId));
    startNext();
}

Task<> ReplayQueue::settle(int number, QByteArray requestId)
{
    const std::optional<HistoryRecord> record = co_await m_gateway->history().record(requestId);
    if (!record)
        co_return;
    m_runs[static_cast<size_t>(number)].take(*record);
    Q_EMIT runChanged(number);
}

} // namespace lunargate::ui
