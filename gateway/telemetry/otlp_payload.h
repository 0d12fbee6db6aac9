// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/telemetry/name_table.h"

#include <QByteArray>

#include <vector>

namespace lunargate {

// Requests of OTLP/HTTP in JSON (opentelemetry.proto.collector): protobuf's JSON, but for ids, which are hexadecimal.

/// Who tells, as attributes in JSON: this program, this `instance` of it, and what the configuration adds, which wins.
QByteArray resourceAttributes(const TelemetryConfig &settings, const NameTable &names, const QByteArray &instance);

/// ExportTraceServiceRequest; `spans` as WrittenSpans have them.
QByteArray tracesPayload(const QByteArray &resource, const NameTable &names, const std::vector<QByteArray> &spans);
/// ExportMetricsServiceRequest; `metrics` as GenAiMetrics gives them.
QByteArray metricsPayload(const QByteArray &resource, const NameTable &names, const QByteArray &metrics);

/// What an answer with a success status says was not taken all the same (`partialSuccess`).
struct PartialSuccess
{
    qint64 rejected = 0; ///< spans or data points
    QByteArray message = {};
};
PartialSuccess readPartialSuccess(const QByteArray &answer);

/// Whether OTLP allows to send it once more after that status; 0: no answer came.
bool isOtlpRetryable(int status);

} // namespace lunargate
