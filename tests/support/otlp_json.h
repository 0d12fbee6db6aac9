// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>

#include <vector>

namespace lunargate::test {

// Reads what is sent to an OpenTelemetry collector by OTLP/HTTP in JSON. Written after the .proto files of
// opentelemetry-proto and the specification of OTLP, not after the gateway's writer.

/// What is wrong with the body of a POST to that path (`/v1/traces`, `/v1/metrics`), with its place; empty if nothing
/// is: only known fields, each of its type (64-bit numbers as texts, ids as hexadecimal, enums as numbers), required
/// ones there, buckets that fit.
QByteArray otlpProblem(const QByteArray &path, const QByteArray &body);

/// A span or a data point, with its attributes.
struct OtlpItem
{
    QJsonObject json;
    QByteArray metric = {}; ///< of a data point: its metric's name
    QJsonObject metricJson = {};

    QByteArray text(const char *member) const;
    /// An attribute as text, lists joined by commas; null if it is missing.
    QByteArray attribute(const char *name) const;
    bool hasAttribute(const char *name) const { return !attribute(name).isNull(); }
    /// `NAME TYPE` of all of them; TYPE as in AnyValue: `stringValue` …
    QByteArrayList attributes() const;
};

/// All spans of a body, in their order.
std::vector<OtlpItem> otlpSpans(const QByteArray &body);
/// All data points.
std::vector<OtlpItem> otlpPoints(const QByteArray &body);
/// The attributes of the (first) resource.
OtlpItem otlpResource(const QByteArray &body);

} // namespace lunargate::test
