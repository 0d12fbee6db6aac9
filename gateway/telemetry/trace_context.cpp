// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/trace_context.h"

#include <QByteArrayList>
#include <QRandomGenerator>

#include <cmath>

namespace lunargate {

namespace {

constexpr char kTraceParent[] = "traceparent";
constexpr char kTraceState[] = "tracestate";
constexpr quint8 kSampled = 1;
// "Vendors SHOULD propagate at least 512 characters of a combined header"; more than this is no state but a burden.
constexpr qsizetype kLongestState = 4096;

quint64 randomNumber()
{
    for (;;) {
        if (const quint64 number = QRandomGenerator::global()->generate64())
            return number;
    }
}

QByteArray hex(quint64 number, int digits)
{
    return QByteArray::number(number, 16).rightJustified(digits, '0');
}

// Lower-case digits only, as the recommendation demands.
std::optional<quint64> readHex(QByteArrayView digits)
{
    quint64 number = 0;
    for (const char digit : digits) {
        const bool isDecimal = digit >= '0' && digit <= '9';
        if (!isDecimal && (digit < 'a' || digit > 'f'))
            return std::nullopt;
        number = number << 4 | static_cast<quint64>(isDecimal ? digit - '0' : digit - 'a' + 10);
    }
    return number;
}

// What several fields say together (RFC 9110, section 5.3). One that is too long is of no use when it is cut.
QByteArray joinedState(const HeaderList &headers)
{
    QByteArrayList parts;
    for (const HeaderList::Field &field : headers) {
        if (field.name.compare(kTraceState, Qt::CaseInsensitive) == 0 && !field.value.isEmpty())
            parts += field.value;
    }
    QByteArray state = parts.join(',');
    return state.size() <= kLongestState ? state : QByteArray();
}

} // namespace

TraceId TraceId::random()
{
    return {.high = QRandomGenerator::global()->generate64(), .low = randomNumber()};
}

QByteArray TraceId::text() const
{
    return hex(high, 16) + hex(low, 16);
}

SpanId randomSpanId()
{
    return randomNumber();
}

QByteArray spanIdText(SpanId id)
{
    return hex(id, 16);
}

std::optional<TraceParent> readTraceParent(QByteArrayView text)
{
    // 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
    constexpr qsizetype kLength = 55;
    const bool hasForm = text.size() >= kLength && text[2] == '-' && text[35] == '-' && text[52] == '-';
    if (!hasForm)
        return std::nullopt;
    const auto version = readHex(text.first(2));
    const auto high = readHex(text.sliced(3, 16));
    const auto low = readHex(text.sliced(19, 16));
    const auto span = readHex(text.sliced(36, 16));
    const auto flags = readHex(text.sliced(53, 2));
    const bool isValid =
        version && *version != 0xff && high && low && (*high | *low) != 0 && span && *span != 0 && flags;
    if (!isValid)
        return std::nullopt;
    const bool isWhole = text.size() == kLength || (*version > 0 && text[kLength] == '-');
    if (!isWhole)
        return std::nullopt;
    return TraceParent{.traceId = {.high = *high, .low = *low}, .spanId = *span, .isSampled = (*flags & kSampled) != 0};
}

QByteArray traceParentText(const TraceParent &parent)
{
    return "00-" + parent.traceId.text() + '-' + spanIdText(parent.spanId) + (parent.isSampled ? "-01" : "-00");
}

TraceContext TraceContext::begin(const HeaderList &client, double sampleRatio)
{
    const bool isOne = client.count(kTraceParent) == 1;
    const auto parent = isOne ? readTraceParent(client.value(kTraceParent).value_or(QByteArray())) : std::nullopt;
    TraceContext context{.spanId = randomSpanId()};
    if (parent) {
        context.traceId = parent->traceId;
        context.parentId = parent->spanId;
        context.isSampled = parent->isSampled;
        context.state = joinedState(client);
    } else {
        context.traceId = TraceId::random();
        context.isSampled = isWithinRatio(context.traceId, sampleRatio);
    }
    return context;
}

void TraceContext::propagate(HeaderList &headers, SpanId attempt) const
{
    headers.set(kTraceParent, traceParentText({.traceId = traceId, .spanId = attempt, .isSampled = isSampled}));
    if (!state.isEmpty())
        headers.set(kTraceState, state);
}

void passTrace(const HeaderList &client, HeaderList &headers)
{
    const QByteArray parent = client.value(kTraceParent).value_or(QByteArray());
    if (client.count(kTraceParent) != 1 || !readTraceParent(parent))
        return;
    headers.setDefault(kTraceParent, parent);
    if (const QByteArray state = joinedState(client); !state.isEmpty())
        headers.setDefault(kTraceState, state);
}

// As OpenTelemetry's TraceIdRatioBased samplers do, by the lower 63 bits.
bool isWithinRatio(const TraceId &id, double ratio)
{
    constexpr quint64 kMost = Q_UINT64_C(1) << 63;
    if (ratio >= 1)
        return true;
    return (id.low & (kMost - 1)) < static_cast<quint64>(std::ldexp(ratio, 63));
}

} // namespace lunargate
