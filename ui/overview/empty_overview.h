// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QWidget>

namespace lunargate::ui {

/// What stands where there is nothing to show yet: why, and what to do.
class EmptyOverview : public QWidget
{
    Q_OBJECT

public:
    EmptyOverview();

    /// `address`: what a client is to be pointed at, to be copied; empty: that is not what to do.
    void show(const QString &title, const QString &text, const QString &address = {});

private:
    QLabel *m_title;
    QLabel *m_text;
    QLineEdit *m_address;
    QPushButton *m_copy;
};

} // namespace lunargate::ui
