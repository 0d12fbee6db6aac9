// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

#include <functional>

/// The hands of somebody without a mouse. What they press goes where a keyboard's keys go: to the menu that is open,
/// else to the active window. GUI thread.
namespace lunargate::test {

/// Makes it the active window, as a window manager does when the one above it closes; the platform of the tests does
/// not.
bool activate(QWidget &window);

void press(QKeyCombination key);
/// Latin 1 only.
void type(const QString &text);

/// What a screen reader calls it.
QString nameOf(QWidget &widget);
/// What it calls the widget that has the keyboard.
QString focusedName();

/// Presses Tab until such a widget has the keyboard; false: none had it after more times than any window has controls.
bool tabUntil(const std::function<bool(QWidget &)> &isThere);
bool tabTo(const QWidget *widget);
bool tabTo(const QString &name);
/// To the next one of this kind, or this one.
template <typename Kind>
bool tabTo()
{
    return tabUntil([](QWidget &widget) { return qobject_cast<Kind *>(&widget) != nullptr; });
}

/// Space on the button that has the keyboard opens its menu; there, and in menus within, chooses these entries.
bool chooseFromMenu(const QStringList &path);
/// Runs a command of the main window by its name, as Ctrl+K finds it.
bool runCommand(const QWidget &window, const QString &name);

/// Goes once around the active window by Tab (by Escape out of the text of the configuration, where Tab is a part of
/// it). What is wrong, for people: a control that is not reached, or has no name, or is not left again; empty: nothing.
QString problemOfTabbing();

} // namespace lunargate::test
