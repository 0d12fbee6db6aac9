// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/icons.h"

#include <QAction>
#include <QKeySequence>

#include <functional>

namespace lunargate::ui {

/// All that the user can do by name, for menus, shortcuts and the command palette. GUI thread.
class Actions : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// A new one, which this owns. `text` says what it does. Its shortcut works once a window has the action.
    QAction *add(const QString &text, Glyph glyph, const QKeySequence &shortcut, std::function<void()> run);

    /// In the order in which they were added.
    const QList<QAction *> &all() const { return m_actions; }

private:
    QList<QAction *> m_actions;
};

} // namespace lunargate::ui
