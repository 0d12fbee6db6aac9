// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"

#include <QByteArray>

#include <chrono>

namespace lunargate {

/// A problem that comes again and again, and is to be told once in a while: if it is another one, or after half a
/// minute. Belongs to one thread.
class ToldProblem
{
public:
    /// Whether it is to be told now; it counts as told then.
    bool isNews(const QByteArray &problem, TimePoint now)
    {
        if (problem == m_problem && now - m_toldAt < kInterval)
            return false;
        m_problem = problem;
        m_toldAt = now;
        return true;
    }
    /// Whatever comes next is news.
    void forget() { m_problem.clear(); }

private:
    static constexpr std::chrono::seconds kInterval{30};

    QByteArray m_problem;
    TimePoint m_toldAt{};
};

} // namespace lunargate
