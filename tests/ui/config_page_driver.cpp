// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/config_page_driver.h"

#include <QApplication>

namespace lunargate::test {

using namespace lunargate::ui;
using namespace Qt::StringLiterals;

const char *const kConfigText = "# mine\n"
                                "server: {port: 0, workers: 1}\n"
                                "history: {path: ':memory:'}\n"
                                "providers:\n"
                                "  local:\n"
                                "    type: simulator\n"
                                "routing:\n"
                                "  routes:\n"
                                "    - name: default\n"
                                "      targets:\n"
                                "        - provider: local\n"
                                "          model: simulator-1\n";

std::unique_ptr<Gateway> gatewayOf(const QString &file)
{
    const ConfigSource source = [file](const std::stop_token &) {
        return LoadedConfig{.reading = readConfigFile(file, Environment()), .source = file.toUtf8()};
    };
    auto gateway = std::make_unique<Gateway>(source({}), source);
    if (const Result<void> started = gateway->start(); !started)
        qFatal("%s", started.error().message.constData());
    return gateway;
}

ConfigPageDriver::ConfigPageDriver() : settings(folder.filePath(u"desktop.ini"_s)) {}

void ConfigPageDriver::write(const QByteArray &text) const
{
    QFile config(file());
    QVERIFY(config.open(QIODevice::WriteOnly | QIODevice::Truncate));
    QCOMPARE(config.write(text), text.size());
}

QByteArray ConfigPageDriver::onDisk() const
{
    QFile config(file());
    return config.open(QIODevice::ReadOnly) ? config.readAll() : QByteArray("(none)");
}

void ConfigPageDriver::makePage()
{
    page.reset();
    actions = std::make_unique<Actions>();
    page = std::make_unique<ConfigPage>(settings, *actions, testConfigAccess(folder.path()));
    page->resize(900, 640);
}

void ConfigPageDriver::showPage()
{
    page->show();
    page->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(page.get()));
    page->setFocus();
    waitForCheck();
}

void ConfigPageDriver::open(const QByteArray &text)
{
    write(text);
    makePage();
    showPage();
}

void ConfigPageDriver::type(const QString &text) const
{
    for (const QChar c : text) {
        if (c == u'\n')
            press(Qt::Key_Return);
        else
            QTest::keyClicks(&yaml(), QString(c));
    }
}

void ConfigPageDriver::press(QKeyCombination key) const
{
    if (!page->isActiveWindow()) { // a dialog was; without a window manager nobody else makes it so
        page->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(page.get()));
    }
    QTest::keyClick(&yaml(), key.key(), key.keyboardModifiers());
}

void ConfigPageDriver::run(const QString &command) const
{
    for (QAction *action : actions->all()) {
        if (action->text() == command)
            return action->trigger();
    }
    QFAIL(qPrintable(u"there is no command "_s + command));
}

void ConfigPageDriver::waitForCheck() const
{
    QTRY_VERIFY(page->status().checkText() != u"Checking …");
}

DiffDialog *ConfigPageDriver::dialog() const
{
    for (DiffDialog *one : page->findChildren<DiffDialog *>()) {
        if (one->isVisible())
            return one;
    }
    return nullptr;
}

void ConfigPageDriver::answer(Qt::Key key) const
{
    QTRY_VERIFY(dialog());
    // Before, shortcuts are the page's.
    QTRY_VERIFY(QApplication::focusWidget() && QApplication::focusWidget()->window() == dialog());
    QTest::keyClick(dialog(), key);
}

void ConfigPageDriver::choose(const QString &text) const
{
    for (QPushButton *button : page->notice().findChildren<QPushButton *>()) {
        if (button->text() == text && button->isVisible())
            return button->click();
    }
    QFAIL(qPrintable(u"there is no button "_s + text));
}

} // namespace lunargate::test
