// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/reload_result.h"
#include "gateway/observability/attempt_record.h"
#include "gateway/observability/in_progress.h"
#include "gateway/observability/known_names.h"
#include "gateway/observability/metric_reading.h"
#include "gateway/upstream/phase_times.h"

#include <QByteArray>

#include <memory>
#include <utility>
#include <vector>

namespace lunargate {

struct RequestRecord;

/// The program's numbers for Prometheus. One for all workers; every function may be called from any thread.
class Metrics
{
public:
    /// The Content-Type of render().
    static constexpr char kContentType[] = "text/plain; version=0.0.4; charset=utf-8";

    explicit Metrics(const KnownNames &names = {});
    Metrics(const Metrics &) = delete;
    Metrics &operator=(const Metrics &) = delete;
    ~Metrics();

    /// Replaces the label values that are allowed, for example after a reload. Numbers counted so far stay.
    void setKnownNames(const KnownNames &names);

    /// To be called when a model call arrives; it is active until the returned object is destroyed, before this is.
    [[nodiscard]] InProgress requestStarted();
    /// How many are active now.
    qint64 activeRequests() const;
    /// As requestStarted(), for a stream to a client.
    [[nodiscard]] InProgress streamStarted();

    /// Counts one attempt. To be called once for each, also for those that a retry or a fallback made good.
    void attemptFinished(const QByteArray &provider, AttemptOutcome outcome);
    /// The same for one that failed with `error`; its reason is counted too.
    void attemptFailed(const QByteArray &provider, const Error &error);
    /// Counts how an attempt got to its provider. To be called at most once for each; not where nobody knows.
    void upstreamReached(const QByteArray &provider, const PhaseTimes &phases);

    /// Counts a request. To be called exactly once for each, however it ended, also if it was refused. Records of what
    /// asks for no model are ignored.
    void requestFinished(const RequestRecord &record);

    /// The configuration was read anew. What is running was read successfully when the program started.
    void configReloaded(ReloadResult result);
    /// Counts a request that the limit of that name refused; a bounded set of names.
    void limitRefused(const char *limit);
    /// Its numbers are among those of render() from now on. Before the workers start.
    void addSource(MetricSource source);

    /// All numbers in Prometheus' text format.
    QByteArray render() const;

private:
    class Private;
    std::unique_ptr<Private> m_data;
};

} // namespace lunargate
