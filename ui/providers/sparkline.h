// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/providers/provider_traffic.h"

#include <QWidget>

namespace lunargate::ui {

/// The times to the first byte of a provider's last calls: a bar each, the newest at the right; a dot for those that
/// failed before it.
class Sparkline : public QWidget
{
    Q_OBJECT

public:
    Sparkline();

    void setCalls(std::vector<ProviderTraffic::Call> calls);

    QSize sizeHint() const override { return {180, kHeight}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    static constexpr int kHeight = 28;

    std::vector<ProviderTraffic::Call> m_calls;
};

} // namespace lunargate::ui
