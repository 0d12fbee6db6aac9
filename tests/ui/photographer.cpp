// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/photographer.h"

#include <QTest>

#include <utility>

namespace lunargate::test {

using namespace lunargate::ui;

Photographer::Photographer(QString folder, Theme::Choice theme)
    : m_folder(std::move(folder)),
      m_theme(theme == Theme::Choice::Dark ? QStringLiteral("dark") : QStringLiteral("light"))
{
}

void Photographer::take(QWidget &widget, const char *name) const
{
    QTest::qWait(20); // layouts settle in several rounds of events
    const QString file = QStringLiteral("%1/%2-%3.png").arg(m_folder, QString::fromLatin1(name), m_theme);
    if (!widget.grab().save(file, "PNG", 0))
        qFatal("cannot write %s", qPrintable(file));
}

void waitFor(const std::function<bool()> &condition)
{
    if (!QTest::qWaitFor(condition, 10'000))
        qFatal("what should be on the picture does not come");
}

void showUsualPort(Desktop &desktop)
{
    const QString address = QString::fromUtf8(desktop.gateway()->address());
    const QString usual = QStringLiteral("http://127.0.0.1:8080");
    auto *button = desktop.window().findChild<QToolButton *>(QStringLiteral("address"));
    button->setText(button->text().replace(address, usual));
    QAction *state = desktop.tray().menu().actions().constFirst();
    state->setText(state->text().replace(address, usual));
}

void setTheme(const Desktop &desktop, Theme::Choice theme)
{
    const QString name = theme == Theme::Choice::Dark ? QStringLiteral("Theme: dark") : QStringLiteral("Theme: light");
    for (QAction *action : desktop.actions().all()) {
        if (action->text() == name)
            action->trigger();
    }
}

} // namespace lunargate::test
