// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/keyboard.h"

#include "ui/editor/yaml_editor.h"
#include "ui/shell/command_palette.h"

#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QMenu>
#include <QPointer>
#include <QTest>
#include <QTimer>

namespace lunargate::test {

namespace {

using namespace Qt::StringLiterals;

constexpr int kMostTabs = 80;

QString describe(QWidget &widget)
{
    return u"%1 \"%2\" (%3)"_s.arg(QLatin1StringView(widget.metaObject()->className()), nameOf(widget),
                                   widget.objectName());
}

/// Those of the active window that can have the keyboard.
QList<QWidget *> controls(Qt::FocusPolicy policy)
{
    QList<QWidget *> found;
    QWidget *window = QApplication::activeWindow();
    for (QWidget *widget : window ? window->findChildren<QWidget *>() : QList<QWidget *>()) {
        const bool isIts = widget->window() == window && !widget->focusProxy() && widget->isVisible();
        if (isIts && (widget->focusPolicy() & policy) != 0)
            found.append(widget);
    }
    return found;
}

bool chooseEntry(const QMenu &menu, const QString &text)
{
    for (qsizetype i = 0; i <= menu.actions().size(); ++i) {
        if (menu.activeAction() && menu.activeAction()->text().remove(u'&') == text) {
            press(Qt::Key_Return);
            return true;
        }
        press(Qt::Key_Down);
    }
    return false;
}

bool chooseEntries(const QStringList &path)
{
    for (const QString &text : path) {
        const auto *menu = qobject_cast<QMenu *>(QApplication::activePopupWidget());
        if (!menu || !chooseEntry(*menu, text))
            return false;
    }
    return !path.isEmpty();
}

} // namespace

bool activate(QWidget &window)
{
    window.activateWindow();
    return QTest::qWaitForWindowActive(&window);
}

void press(QKeyCombination key)
{
    QTest::keyClick(static_cast<QWidget *>(nullptr), key.key(), key.keyboardModifiers());
}

void type(const QString &text)
{
    QTest::keyClicks(nullptr, text);
}

QString nameOf(QWidget &widget)
{
    // Of a combo box Qt says what is chosen in it.
    if (!widget.accessibleName().isEmpty() || qobject_cast<QComboBox *>(&widget))
        return widget.accessibleName();
    const QAccessibleInterface *accessible = QAccessible::queryAccessibleInterface(&widget);
    return accessible ? accessible->text(QAccessible::Name) : QString();
}

QString focusedName()
{
    QWidget *focused = QApplication::focusWidget();
    return focused ? nameOf(*focused) : QString();
}

bool tabUntil(const std::function<bool(QWidget &)> &isThere)
{
    const auto hasArrived = [&] { return QApplication::focusWidget() && isThere(*QApplication::focusWidget()); };
    for (int tabs = 0; tabs < kMostTabs && !hasArrived(); ++tabs)
        press(Qt::Key_Tab);
    return hasArrived();
}

bool tabTo(const QWidget *widget)
{
    while (widget && widget->focusProxy())
        widget = widget->focusProxy();
    return tabUntil([widget](const QWidget &focused) { return &focused == widget; });
}

bool tabTo(const QString &name)
{
    return tabUntil([&name](QWidget &focused) { return nameOf(focused) == name; });
}

bool chooseFromMenu(const QStringList &path)
{
    bool isChosen = false;
    QTimer hands; // the button comes back only when its menu is closed
    QObject::connect(&hands, &QTimer::timeout, &hands, [&] {
        if (!QApplication::activePopupWidget())
            return;
        hands.stop();
        isChosen = chooseEntries(path);
        while (QWidget *left = QApplication::activePopupWidget())
            left->close();
    });
    hands.start(0);
    const QPointer<QWidget> window = QApplication::activeWindow();
    press(Qt::Key_Space);
    const bool hasOpened = QTest::qWaitFor([&] { return !hands.isActive(); });
    if (window && qobject_cast<QMenu *>(QApplication::activeWindow()))
        activate(*window);
    return hasOpened && isChosen;
}

bool runCommand(const QWidget &window, const QString &name)
{
    press(Qt::CTRL | Qt::Key_K);
    for (ui::CommandPalette *palette : window.findChildren<ui::CommandPalette *>()) {
        if (!palette->isVisible() || !QTest::qWaitForWindowActive(palette))
            continue; // one of before, which is about to go
        type(name);
        press(Qt::Key_Return);
        return true;
    }
    return false;
}

QString problemOfTabbing()
{
    for (QWidget *control : controls(Qt::WheelFocus)) {
        if (nameOf(*control).isEmpty())
            return u"no name: "_s + describe(*control);
    }
    QList<QWidget *> visited;
    QWidget *focused = QApplication::focusWidget();
    while (focused && !visited.contains(focused) && visited.size() < kMostTabs) {
        visited.append(focused);
        press(qobject_cast<ui::YamlEditor *>(focused) ? Qt::Key_Escape : Qt::Key_Tab);
        focused = QApplication::focusWidget();
    }
    if (visited.isEmpty() || !focused)
        return u"nothing has the keyboard"_s;
    if (focused != visited.constFirst())
        return u"Tab does not come around, it stays at "_s + describe(*focused);
    for (QWidget *control : controls(Qt::TabFocus)) { // now, as of buttons that exclude each other one is a stop
        if (control->isEnabled() && !visited.contains(control))
            return u"not reached: "_s + describe(*control);
    }
    return {};
}

} // namespace lunargate::test
