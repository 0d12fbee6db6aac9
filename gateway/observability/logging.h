// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/observability/log_line.h"

#include <QByteArrayView>
#include <QLoggingCategory>

#include <initializer_list>
#include <span>

namespace lunargate {

// One category an area: `qCWarning(httpLog) << …`, or logEvent(httpLog(), …) where there are fields.
Q_DECLARE_LOGGING_CATEGORY(accessLog)
Q_DECLARE_LOGGING_CATEGORY(appLog)
Q_DECLARE_LOGGING_CATEGORY(asyncLog)
Q_DECLARE_LOGGING_CATEGORY(collectorLog)
Q_DECLARE_LOGGING_CATEGORY(configLog)
Q_DECLARE_LOGGING_CATEGORY(historyLog)
Q_DECLARE_LOGGING_CATEGORY(httpLog)
Q_DECLARE_LOGGING_CATEGORY(pipelineLog)
Q_DECLARE_LOGGING_CATEGORY(providersLog)
Q_DECLARE_LOGGING_CATEGORY(remoteControlLog)
Q_DECLARE_LOGGING_CATEGORY(resilienceLog)
Q_DECLARE_LOGGING_CATEGORY(routingLog)
Q_DECLARE_LOGGING_CATEGORY(securityLog)
Q_DECLARE_LOGGING_CATEGORY(telemetryLog)
Q_DECLARE_LOGGING_CATEGORY(upstreamLog)

/// Takes over Qt's messages: from now on everything goes to standard error in our format, secrets replaced. To be
/// called once, early in main().
void installLogging(LogLevel level, LogFormat format);

/// Changes level and format while running. Any thread.
void setLogging(LogLevel level, LogFormat format);

/// Whether a line would be written. For callers whose fields are costly to make.
bool isLogEnabled(const QLoggingCategory &category, LogLevel level);

/// Writes a line with fields. `message` is a constant text, what varies belongs into fields. Before installLogging()
/// (in tests, that is) it goes through Qt's own message handler. Any thread.
void logEvent(const QLoggingCategory &category, LogLevel level, QByteArrayView message,
              std::initializer_list<LogField> fields = {});
void logEvent(const QLoggingCategory &category, LogLevel level, QByteArrayView message,
              std::span<const LogField> fields);

} // namespace lunargate
