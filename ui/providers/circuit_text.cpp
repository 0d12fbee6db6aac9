// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/providers/circuit_text.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

QString openedBecause(const CircuitView &circuit)
{
    const QByteArrayView cause = circuit.cause;
    QString text = CircuitText::tr("Calls failed too often");
    if (cause == "forced")
        text = CircuitText::tr("Opened by hand");
    else if (cause == "probe_failed")
        text = CircuitText::tr("A probe failed");
    return circuit.since ? CircuitText::tr("%1, at %2").arg(text, momentText(*circuit.since)) : text;
}

} // namespace

QString countdownText(milliseconds left)
{
    const qint64 seconds = std::chrono::ceil<std::chrono::seconds>(left).count();
    if (seconds < 60)
        return u"%1 s"_s.arg(seconds);
    if (seconds < 3600)
        return u"%1 m %2 s"_s.arg(seconds / 60).arg(seconds % 60, 2, 10, QChar(u'0'));
    return u"%1 h %2 m"_s.arg(seconds / 3600).arg(seconds / 60 % 60, 2, 10, QChar(u'0'));
}

QString momentText(std::chrono::system_clock::time_point moment)
{
    const auto time = std::chrono::floor<std::chrono::milliseconds>(moment).time_since_epoch();
    const QDateTime local = QDateTime::fromMSecsSinceEpoch(time.count());
    const QString clock = local.toString(u"HH:mm:ss"_s);
    return local.date() == QDate::currentDate() ? clock
                                                : QLocale().toString(local.date(), QLocale::ShortFormat) + u' ' + clock;
}

CircuitText CircuitText::of(const CircuitView &circuit)
{
    if (circuit.state == CircuitState::Open)
        return {.glyph = Glyph::Cross,
                .tone = Tone::Error,
                .state = tr("Circuit open, half-open in %1").arg(countdownText(circuit.untilHalfOpen)),
                .detail = openedBecause(circuit)};
    if (circuit.cooldown > 0ms)
        return {.glyph = Glyph::Bars,
                .tone = Tone::Warning,
                .state = tr("Pausing for %1").arg(countdownText(circuit.cooldown)),
                .detail = tr("It asked for a pause (429)")};
    if (circuit.state == CircuitState::HalfOpen)
        return {.glyph = Glyph::Caution,
                .tone = Tone::Warning,
                .state = tr("Circuit half-open"),
                .detail = tr("The next requests probe it")};
    CircuitText text{.state = tr("Circuit closed"), .detail = {}};
    if (circuit.counts.failures > 0)
        text.detail = tr("%1 of %2 recent calls failed").arg(circuit.counts.failures).arg(circuit.counts.calls);
    return text;
}

CircuitText CircuitText::ofModels(std::span<const CircuitView> circuits)
{
    if (circuits.empty())
        return {.glyph = Glyph::Ring,
                .tone = Tone::Muted,
                .state = tr("No circuit yet"),
                .detail = tr("Each model gets one with its first request")};
    if (circuits.size() == 1)
        return of(circuits.front());
    const auto open = std::ranges::count(circuits, CircuitState::Open, &CircuitView::state);
    const auto passing = std::ranges::count_if(circuits, [](const CircuitView &circuit) {
        return circuit.state == CircuitState::Closed && circuit.cooldown <= 0ms;
    });
    if (open > 0)
        return {.glyph = Glyph::Cross,
                .tone = Tone::Error,
                .state = tr("%1 of %2 circuits open").arg(open).arg(circuits.size()),
                .detail = {}};
    if (passing < std::ssize(circuits))
        return {.glyph = Glyph::Caution,
                .tone = Tone::Warning,
                .state = tr("%1 of %2 circuits closed").arg(passing).arg(circuits.size()),
                .detail = {}};
    return {.state = tr("All %1 circuits closed").arg(circuits.size()), .detail = {}};
}

CircuitText CircuitText::ofNone()
{
    return {.glyph = Glyph::Slash,
            .tone = Tone::Muted,
            .state = tr("No circuit breaker"),
            .detail = tr("It is switched off (circuit_breaker.enabled)")};
}

} // namespace lunargate::ui
