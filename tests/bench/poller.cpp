// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/poller.h"

#include <algorithm>
#include <ctime>

namespace lunargate::bench {

namespace {

epoll_event eventFor(std::uint64_t tag, std::uint32_t events)
{
    epoll_event event{};
    event.events = events;
    event.data.u64 = tag;
    return event;
}

} // namespace

Poller::Poller() : m_epoll(::epoll_create1(EPOLL_CLOEXEC)) {}

void Poller::add(const Descriptor &socket, std::uint64_t tag, std::uint32_t events)
{
    epoll_event event = eventFor(tag, events);
    ::epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, socket.get(), &event);
}

void Poller::change(const Descriptor &socket, std::uint64_t tag, std::uint32_t events)
{
    epoll_event event = eventFor(tag, events);
    ::epoll_ctl(m_epoll.get(), EPOLL_CTL_MOD, socket.get(), &event);
}

std::span<const epoll_event> Poller::wait(Clock::time_point deadline)
{
    using namespace std::chrono;
    // epoll_pwait2 and not epoll_wait: whole milliseconds are too coarse for chunks that are some milliseconds apart.
    const nanoseconds left = std::max(nanoseconds(0), duration_cast<nanoseconds>(deadline - Clock::now()));
    const timespec timeout{.tv_sec = duration_cast<seconds>(left).count(), .tv_nsec = (left % seconds(1)).count()};
    const int count =
        ::epoll_pwait2(m_epoll.get(), m_events.data(), static_cast<int>(m_events.size()), &timeout, nullptr);
    return std::span(m_events).first(static_cast<std::size_t>(std::max(count, 0)));
}

} // namespace lunargate::bench
