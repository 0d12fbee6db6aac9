// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/diff_view.h"

#include <QDialog>
#include <QPushButton>

namespace lunargate::ui {

/// Shows a difference and, with a button for it, lets the user agree to it. Deletes itself when it is closed.
class DiffDialog : public QDialog
{
    Q_OBJECT

public:
    struct Texts
    {
        QString title;
        QString explanation;  ///< what becomes what
        QString accept = {};  ///< the button's text; empty: there is only something to see
        QString warning = {}; ///< before accepting; may be empty
    };

    DiffDialog(const Texts &texts, const QString &before, const QString &after, QWidget *parent);

    const DiffView &view() const { return *m_view; }

private:
    DiffView *m_view;
};

} // namespace lunargate::ui
