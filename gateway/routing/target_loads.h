// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/routing/target_load.h"

#include <QByteArray>

#include <map>
#include <memory>
#include <mutex>

namespace lunargate {

/// How busy and how fast the targets are, for the strategies `least-pending` and `latency`. Shared by all workers and
/// by successive configurations; every function may be called from any thread. A target is remembered as long as a
/// configuration that names it, or a call to it, lives.
class TargetLoads
{
public:
    explicit TargetLoads(TargetLoad::TimeSource now = &Clock::now) : m_now(std::move(now)) {}

    /// That of a provider's model, as the target names it (empty: any model). Never null.
    std::shared_ptr<TargetLoad> of(const QByteArray &provider, const QByteArray &model);

    /// How many targets it knows.
    std::size_t size() const;

private:
    TargetLoad::TimeSource m_now;
    mutable std::mutex m_mutex;                              // protects m_loads
    std::map<QByteArray, std::weak_ptr<TargetLoad>> m_loads; // by PROVIDER/MODEL
};

} // namespace lunargate
