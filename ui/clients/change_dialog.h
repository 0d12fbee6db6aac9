// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace lunargate::ui {

/// Shows what is about to change in a file, and asks.
class ChangeDialog : public QDialog
{
    Q_OBJECT

public:
    struct Change
    {
        QString title;
        QString explanation;
        QByteArray before;
        QByteArray after;
        QString yes; ///< what the button that does it says
    };

    ChangeDialog(const Change &change, QWidget *parent);
};

} // namespace lunargate::ui
