// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/gateway_state.h"

#include <QFrame>
#include <QLabel>
#include <QPushButton>

namespace lunargate::ui {

/// Says above every page why the gateway does not fare well; invisible while it does.
class StateBanner : public QFrame
{
    Q_OBJECT

public:
    explicit StateBanner(QWidget *parent = nullptr);

    void show(const GatewayState &state);

Q_SIGNALS:
    void retryRequested();
    void resumeRequested();

private:
    QLabel *m_sign;
    QLabel *m_title;
    QLabel *m_reasons;
    QPushButton *m_retry;
    QPushButton *m_resume;
};

} // namespace lunargate::ui
