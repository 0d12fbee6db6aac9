// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/forms/form_dialog.h"
#include "ui/shell/actions.h"

#include <functional>

namespace lunargate::ui {

/// The common edits of a configuration as forms. They read a text when they open and hand over another one; whoever has
/// the text applies it. GUI thread.
class ConfigForms : public QObject
{
    Q_OBJECT

public:
    struct Access
    {
        std::function<QString()> text;
        std::function<void(const QString &)> apply;
        std::function<Environment()> environment; ///< the variables that the text may use
    };

    /// The dialogs belong to `window`. Both outlive this.
    ConfigForms(Actions &actions, QWidget &window, Access access);

    /// Add provider, add route, change weights; for a tool bar or a menu. They are among `actions`, too.
    const QList<QAction *> &formActions() const { return m_formActions; }

private:
    template <typename Dialog>
    void open();

    QWidget &m_window;
    Access m_access;
    QList<QAction *> m_formActions;
};

} // namespace lunargate::ui
