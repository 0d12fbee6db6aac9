// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/observability/known_names.h"
#include "gateway/observability/metrics.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QSet>

#include <string>

namespace lunargate {

struct RequestRecord;

/// The reason of an error that says that no target could answer: it is counted for the primary provider.
inline constexpr char kAllFailed[] = "all_failed";

inline constexpr char kNoLabel[] = "none";
inline constexpr char kOtherLabel[] = "other";

/// Turns what a request says about itself into label values of a bounded set: known names as they are, nothing as
/// `none`, anything else as `other`.
class MetricLabels
{
public:
    explicit MetricLabels(const KnownNames &names);

    QByteArray provider(const QByteArray &id) const { return choose(m_providers, id); }
    QByteArray model(const QByteArray &name) const { return choose(m_models, name); }
    QByteArray route(const QByteArray &name) const { return choose(m_routes, name); }
    /// A status code of HTTP (RFC 9110, section 15: three digits, 1xx to 5xx), else 0.
    static int status(int status) { return status >= 100 && status <= 599 ? status : 0; }

private:
    static QByteArray choose(const QSet<QByteArray> &known, const QByteArray &name);

    QSet<QByteArray> m_providers;
    QSet<QByteArray> m_models;
    QSet<QByteArray> m_routes;
};

/// `status_code`: the number, and for 0 `other`.
std::string statusLabel(int status);

/// `reason` of lunargate_attempt_failures_total.
const char *failureReasonLabel(const QByteArray &reason);

/// `error_type` of ai_router_provider_errors_total, or nullptr if no provider is to blame.
const char *providerErrorLabel(const RequestRecord &record);

} // namespace lunargate
