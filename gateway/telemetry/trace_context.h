// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/header_list.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace lunargate {

/// The id of a trace: 16 bytes, never all zero.
struct TraceId
{
    quint64 high = 0;
    quint64 low = 0;

    static TraceId random();
    /// 32 lower-case hexadecimal digits.
    QByteArray text() const;
    bool operator==(const TraceId &) const = default;
};

/// The id of a span: never zero.
using SpanId = quint64;
SpanId randomSpanId();
/// 16 lower-case hexadecimal digits.
QByteArray spanIdText(SpanId id);

/// What `traceparent` says (W3C Trace Context, level 1): to which trace something belongs, and below which span.
struct TraceParent
{
    TraceId traceId;
    SpanId spanId = 0;
    bool isSampled = false;

    bool operator==(const TraceParent &) const = default;
};

/// Nothing for a text that is not exactly what the recommendation says; of a later version than 00 what is known of it.
std::optional<TraceParent> readTraceParent(QByteArrayView text);
/// A value of `traceparent`, in version 00.
QByteArray traceParentText(const TraceParent &parent);

/// The trace that a request belongs to, and its own span there.
struct TraceContext
{
    TraceId traceId;
    SpanId spanId = 0;   ///< of the request itself
    SpanId parentId = 0; ///< the client's span; 0: the trace begins here
    bool isSampled = false;
    QByteArray state = {}; ///< `tracestate` as the client sent it

    /// The trace that the client's headers name, with its decision whether it is recorded; without a valid
    /// `traceparent` a new one, of which `sampleRatio` (0 to 1) are recorded.
    static TraceContext begin(const HeaderList &client, double sampleRatio);

    /// Tells the trace to whom a call goes, which is the span `attempt`.
    void propagate(HeaderList &headers, SpanId attempt) const;
};

/// Tells the client's trace as it is, where the gateway has none of its own. Nothing without a valid `traceparent`.
void passTrace(const HeaderList &client, HeaderList &headers);

/// Whether a new trace is among the `ratio` (0 to 1) that are recorded. It depends on nothing but its id, so that
/// everybody who sees the trace and has the same ratio decides alike.
bool isWithinRatio(const TraceId &id, double ratio);

} // namespace lunargate
