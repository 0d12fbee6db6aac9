// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/actions.h"

namespace lunargate::ui {

QAction *Actions::add(const QString &text, Glyph glyph, const QKeySequence &shortcut, std::function<void()> run)
{
    auto *action = new QAction(icon(glyph), text, this);
    action->setShortcut(shortcut);
    connect(action, &QAction::triggered, this, [run = std::move(run)] { run(); });
    m_actions.append(action);
    return action;
}

} // namespace lunargate::ui
