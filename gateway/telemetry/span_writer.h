// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/telemetry/name_table.h"
#include "gateway/telemetry/traced_request.h"

#include <QByteArray>

namespace lunargate {

/// The spans of one request, ready to be sent.
struct WrittenSpans
{
    QByteArray json; ///< opentelemetry.proto.trace.v1.Span, separated by commas
    qint64 count = 0;
    bool hasContent = false; ///< what was said is in it
};

/// A span for the request, and below it one for each call to a provider. `request` is one that hasSpans(); what was
/// said is told if it is there and `mayTellContent` is set.
WrittenSpans writeSpans(const TracedRequest &request, const NameTable &names, bool mayTellContent);

} // namespace lunargate
