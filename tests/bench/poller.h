// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/bench/socket.h"

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <span>

namespace lunargate::bench {

using Clock = std::chrono::steady_clock; ///< CLOCK_MONOTONIC: the same in every process of the machine

/// Waits for sockets with epoll, level-triggered; a socket is named by a number of the caller's choice.
class Poller
{
public:
    Poller();

    void add(const Descriptor &socket, std::uint64_t tag, std::uint32_t events);
    void change(const Descriptor &socket, std::uint64_t tag, std::uint32_t events);

    /// What is ready, at the latest at `deadline` (then possibly nothing). Valid until the next call.
    std::span<const epoll_event> wait(Clock::time_point deadline);

private:
    Descriptor m_epoll;
    std::array<epoll_event, 256> m_events;
};

} // namespace lunargate::bench
