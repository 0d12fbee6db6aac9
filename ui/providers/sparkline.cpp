// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/providers/sparkline.h"

#include "ui/text/number_text.h"
#include "ui/theme/colours.h"

#include <QPainter>

#include <algorithm>

namespace lunargate::ui {

namespace {

using std::chrono::microseconds;

microseconds timeOf(const ProviderTraffic::Call &call)
{
    return call.timeToFirstByte.value_or(microseconds(0));
}

} // namespace

Sparkline::Sparkline()
{
    setFixedHeight(kHeight);
    setMinimumWidth(100);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void Sparkline::setCalls(std::vector<ProviderTraffic::Call> calls)
{
    if (calls == m_calls)
        return;
    m_calls = std::move(calls);
    const auto failed = std::ranges::count(m_calls, true, &ProviderTraffic::Call::hasFailed);
    QString text = tr("Time to first byte of the last %1 calls").arg(m_calls.size());
    if (!m_calls.empty())
        text += tr(", %1 at the most")
                    .arg(durationText(std::ranges::max(m_calls, {}, timeOf).timeToFirstByte.value_or(microseconds(0))));
    if (failed > 0)
        text += tr(", %1 failed").arg(failed);
    setToolTip(text);
    setAccessibleName(text);
    update();
}

void Sparkline::paintEvent(QPaintEvent *)
{
    if (m_calls.empty())
        return;
    const Colours colours = coloursOf(palette());
    const double highest =
        std::max<double>(1, static_cast<double>(timeOf(std::ranges::max(m_calls, {}, timeOf)).count()));
    const double step = static_cast<double>(width()) / ProviderTraffic::kMostCalls;
    const double bar = std::max(1.0, step - 1.5);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    double x = width() - step * static_cast<double>(m_calls.size());
    for (const ProviderTraffic::Call &call : m_calls) {
        painter.setBrush(call.hasFailed ? colours.error : colours.accent);
        if (call.timeToFirstByte) {
            const double height = std::max(2.0, (kHeight - 2) * static_cast<double>(timeOf(call).count()) / highest);
            painter.drawRoundedRect(QRectF(x, kHeight - height, bar, height), 1, 1);
        } else {
            const double side = std::min(bar, 5.0);
            painter.drawEllipse(QRectF(x + (bar - side) / 2, kHeight - side - 1, side, side));
        }
        x += step;
    }
}

} // namespace lunargate::ui
