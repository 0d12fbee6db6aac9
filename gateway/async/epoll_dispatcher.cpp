// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/epoll_dispatcher.h"

#include <QCoreApplication>
#include <QLoggingCategory>
#include <QSocketNotifier>
#include <QThread>
#include <QVarLengthArray>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace lunargate {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

namespace {

Q_LOGGING_CATEGORY(lcLoop, "lunargate.loop")

// How many sockets are served between two looks at timers and posted events.
constexpr size_t kSocketsAtOnce = 64;
constexpr milliseconds kCoarsestGrain{50};

// What poll() tells Qt's notifiers of each type.
constexpr std::array<uint32_t, 3> kAsked = {EPOLLIN, EPOLLOUT, EPOLLPRI};
constexpr uint32_t kAlwaysTold = EPOLLERR | EPOLLHUP;

uint64_t keyOf(int descriptor, uint32_t generation)
{
    return uint64_t(generation) << 32 | uint32_t(descriptor);
}

TimePoint ceilTo(nanoseconds grain, TimePoint time)
{
    const nanoseconds over = time.time_since_epoch() % grain;
    return over.count() == 0 ? time : time + (grain - over);
}

TimePoint dueAfter(TimePoint start, nanoseconds interval, Qt::TimerType type)
{
    const TimePoint due = start + interval;
    if (type == Qt::VeryCoarseTimer)
        return ceilTo(seconds(1), due);
    const auto grain = std::min(std::chrono::floor<milliseconds>(interval / 20), kCoarsestGrain);
    return type == Qt::PreciseTimer || grain.count() == 0 ? due : ceilTo(grain, due);
}

timespec toTimespec(nanoseconds duration)
{
    const auto whole = std::chrono::floor<seconds>(duration);
    return {.tv_sec = whole.count(), .tv_nsec = (duration - whole).count()};
}

// As long as nothing happens, at most until `due`; of `limit` events at most. Kernels before 5.11 count in
// milliseconds.
int waitForEvents(int epoll, epoll_event *events, size_t limit, TimePoint due)
{
    static std::atomic<bool> isPreciseMissing = false;
    const nanoseconds left = due == kNever ? nanoseconds(0) : std::max(due - Clock::now(), nanoseconds(0));
    if (!isPreciseMissing.load(std::memory_order_relaxed)) {
        const timespec time = toTimespec(left);
        const int count = ::epoll_pwait2(epoll, events, int(limit), due == kNever ? nullptr : &time, nullptr);
        if (count >= 0 || errno != ENOSYS)
            return count;
        isPreciseMissing.store(true, std::memory_order_relaxed);
    }
    const auto rounded = std::min(std::chrono::ceil<milliseconds>(left), milliseconds(std::chrono::hours(1)));
    return ::epoll_wait(epoll, events, int(limit), due == kNever ? -1 : int(rounded.count()));
}

} // namespace

EpollDispatcher::EpollDispatcher(QObject *parent)
    : QAbstractEventDispatcherV2(parent),
      m_epoll(::epoll_create1(EPOLL_CLOEXEC)),
      m_wakeUpEvent(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))
{
    epoll_event event{.events = EPOLLIN, .data = {.u64 = keyOf(m_wakeUpEvent, 0)}};
    if (m_epoll < 0 || m_wakeUpEvent < 0 || ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_wakeUpEvent, &event) != 0)
        qFatal("cannot make an event loop: %s", std::strerror(errno));
}

EpollDispatcher::~EpollDispatcher()
{
    ::close(m_wakeUpEvent);
    ::close(m_epoll);
}

void EpollDispatcher::startingUp()
{
    m_thread.store(QThread::currentThreadId(), std::memory_order_relaxed);
}

bool EpollDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    m_isInterrupted.store(false, std::memory_order_relaxed);
    Q_EMIT awake();
    // Before the events are looked at: whatever is posted from here on is seen now or wakes the wait below.
    m_isAwake.store(false);
    QCoreApplication::sendPostedEvents();
    const bool mayBlock = flags.testFlag(QEventLoop::WaitForMoreEvents) && !m_isInterrupted && !m_isAwake;
    if (mayBlock)
        Q_EMIT aboutToBlock();
    if (m_isInterrupted)
        return false;
    const TimePoint until = mayBlock ? nextDue() : TimePoint(); // long ago
    const bool servedSockets =
        flags.testFlag(QEventLoop::ExcludeSocketNotifiers) ? waitForWakeUp(until) : serveSockets(until);
    return fireTimers() || servedSockets;
}

void EpollDispatcher::registerSocketNotifier(QSocketNotifier *notifier)
{
    const int descriptor = int(notifier->socket());
    if (descriptor < 0) {
        qCWarning(lcLoop, "a notifier for an invalid socket");
        return;
    }
    if (size_t(descriptor) >= m_watched.size())
        m_watched.resize(size_t(descriptor) + 1);
    Watched &watched = m_watched[size_t(descriptor)];
    if (watched.isUnwatched())
        watched.generation = ++m_generation;
    QSocketNotifier *&place = watched.notifiers[notifier->type()];
    if (place && place != notifier)
        qCWarning(lcLoop, "two notifiers of one type for socket %d", descriptor);
    place = notifier;
    noteChange(descriptor, watched);
}

void EpollDispatcher::unregisterSocketNotifier(QSocketNotifier *notifier)
{
    const int descriptor = int(notifier->socket());
    if (descriptor < 0 || size_t(descriptor) >= m_watched.size())
        return;
    Watched &watched = m_watched[size_t(descriptor)];
    QSocketNotifier *&place = watched.notifiers[notifier->type()];
    if (place != notifier)
        return;
    place = nullptr;
    if (!watched.isUnwatched()) {
        noteChange(descriptor, watched);
    } else if (watched.events != 0) {
        // At once: the descriptor may be closed next, while a duplicate keeps its socket in the kernel's set.
        ::epoll_ctl(m_epoll, EPOLL_CTL_DEL, descriptor, nullptr);
        watched.events = 0;
    }
}

void EpollDispatcher::noteChange(int descriptor, Watched &watched)
{
    if (std::exchange(watched.isChanged, true))
        return;
    m_changed.push_back(descriptor);
}

void EpollDispatcher::applyChanges()
{
    for (const int descriptor : m_changed) {
        Watched &watched = m_watched[size_t(descriptor)];
        watched.isChanged = false;
        watch(descriptor, watched);
    }
    m_changed.clear();
}

void EpollDispatcher::watch(int descriptor, Watched &watched)
{
    uint32_t wanted = 0;
    for (size_t type = 0; type < kAsked.size(); ++type)
        wanted |= watched.notifiers[type] ? kAsked[type] : 0;
    if (wanted == watched.events)
        return;
    epoll_event event{.events = wanted, .data = {.u64 = keyOf(descriptor, watched.generation)}};
    const bool isKnown = watched.events != 0;
    int result = ::epoll_ctl(m_epoll, isKnown ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, &event);
    if (result != 0 && isKnown && errno == ENOENT) // another socket has this number now
        result = ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, descriptor, &event);
    if (result != 0)
        qCWarning(lcLoop, "cannot watch socket %d: %s", descriptor, std::strerror(errno));
    watched.events = result == 0 ? wanted : 0;
}

bool EpollDispatcher::serveSockets(TimePoint until)
{
    applyChanges();
    std::array<epoll_event, kSocketsAtOnce> events{}; // of this call: what is told may run a loop of its own
    const int count = waitForEvents(m_epoll, events.data(), events.size(), until);
    bool hasServed = false;
    for (int i = 0; i < count; ++i) {
        const auto descriptor = int(events[size_t(i)].data.u64 & UINT32_MAX);
        const auto generation = uint32_t(events[size_t(i)].data.u64 >> 32);
        if (descriptor == m_wakeUpEvent)
            hasServed |= takeWakeUp();
        else
            hasServed |= notify(descriptor, generation, events[size_t(i)].events);
    }
    return hasServed;
}

bool EpollDispatcher::notify(int descriptor, uint32_t generation, uint32_t events)
{
    bool hasNotified = false;
    for (size_t type = 0; type < kAsked.size(); ++type) {
        if ((events & (kAsked[type] | kAlwaysTold)) == 0)
            continue;
        // Looked up again each time: the one before may have changed anything.
        const Watched &watched = m_watched[size_t(descriptor)];
        if (watched.generation != generation || !watched.notifiers[type])
            continue;
        QEvent event(QEvent::SockAct);
        QCoreApplication::sendEvent(watched.notifiers[type], &event);
        hasNotified = true;
    }
    return hasNotified;
}

bool EpollDispatcher::waitForWakeUp(TimePoint until)
{
    pollfd state{.fd = m_wakeUpEvent, .events = POLLIN, .revents = 0};
    const timespec left = toTimespec(until == kNever ? nanoseconds(0) : std::max(until - Clock::now(), nanoseconds(0)));
    return ::ppoll(&state, 1, until == kNever ? nullptr : &left, nullptr) > 0 && takeWakeUp();
}

bool EpollDispatcher::takeWakeUp()
{
    uint64_t count = 0;
    return ::read(m_wakeUpEvent, &count, sizeof count) > 0;
}

void EpollDispatcher::registerTimer(Qt::TimerId id, Duration interval, Qt::TimerType type, QObject *object)
{
    insert({.due = dueAfter(Clock::now(), interval, type),
            .id = id,
            .type = type,
            .interval = interval,
            .object = object});
}

void EpollDispatcher::insert(const RunningTimer &timer)
{
    m_timers.insert(std::ranges::upper_bound(m_timers, timer.due, {}, &RunningTimer::due), timer);
}

EpollDispatcher::Timers::const_iterator EpollDispatcher::find(Qt::TimerId id) const
{
    return std::ranges::find(m_timers, id, &RunningTimer::id);
}

bool EpollDispatcher::unregisterTimer(Qt::TimerId id)
{
    const auto position = find(id);
    if (position == m_timers.end())
        return false;
    m_timers.erase(position);
    return true;
}

bool EpollDispatcher::unregisterTimers(QObject *object)
{
    return std::erase_if(m_timers, [object](const RunningTimer &timer) { return timer.object == object; }) > 0;
}

QList<EpollDispatcher::TimerInfoV2> EpollDispatcher::timersForObject(QObject *object) const
{
    QList<TimerInfoV2> timers;
    for (const RunningTimer &timer : m_timers) {
        if (timer.object == object)
            timers.append({timer.interval, timer.id, timer.type});
    }
    return timers;
}

EpollDispatcher::Duration EpollDispatcher::remainingTime(Qt::TimerId id) const
{
    const auto position = find(id);
    return position == m_timers.end() ? Duration(-1) : std::max<Duration>(position->due - Clock::now(), Duration(0));
}

TimePoint EpollDispatcher::nextDue() const
{
    const auto next = std::ranges::find(m_timers, false, &RunningTimer::isFiring);
    return next == m_timers.end() ? kNever : next->due;
}

bool EpollDispatcher::fireTimers()
{
    if (m_timers.empty())
        return false;
    const TimePoint now = Clock::now();
    QVarLengthArray<Qt::TimerId, 16> due; // only these: one without an interval is due again at once
    for (const RunningTimer &timer : m_timers) {
        if (timer.due > now)
            break;
        if (!timer.isFiring)
            due.append(timer.id);
    }
    for (const Qt::TimerId id : due)
        fire(id, now);
    return !due.isEmpty();
}

void EpollDispatcher::fire(Qt::TimerId id, TimePoint now)
{
    const auto position = find(id);
    if (position == m_timers.end() || position->due > now || position->isFiring) // another changed it
        return;
    RunningTimer timer = *position;
    m_timers.erase(position);
    // What was missed is not made up for.
    timer.due = dueAfter(timer.due + timer.interval < now ? now : timer.due, timer.interval, timer.type);
    timer.isFiring = true;
    insert(timer);
    QTimerEvent event(id);
    QCoreApplication::sendEvent(timer.object, &event);
    const auto after = std::ranges::find(m_timers, id, &RunningTimer::id);
    if (after != m_timers.end()) // it may have been stopped
        after->isFiring = false;
}

void EpollDispatcher::wakeUp()
{
    if (m_isAwake.exchange(true))
        return; // somebody did, and the loop did not look yet
    // Its own thread does not wait at this moment, and looks before it does.
    if (QThread::currentThreadId() == m_thread.load(std::memory_order_relaxed))
        return;
    const uint64_t one = 1;
    // Fails only if it would block, which is awake enough.
    [[maybe_unused]] const ssize_t written = ::write(m_wakeUpEvent, &one, sizeof one);
}

void EpollDispatcher::interrupt()
{
    m_isInterrupted = true;
    wakeUp();
}

} // namespace lunargate
