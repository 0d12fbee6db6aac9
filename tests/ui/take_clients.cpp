// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/take_clients.h"

#include "gateway/history/history.h"
#include "tests/ui/test_desktop.h"
#include "ui/clients/change_dialog.h"

#include <QDir>
#include <QFile>
#include <QPlainTextEdit>
#include <QTcpServer>
#include <QTest>
#include <QUrl>

#include <algorithm>

namespace lunargate::test {

using namespace lunargate::ui;

namespace {

constexpr char kZedSettings[] =
    "// Zed settings\n{\n  \"theme\": \"One Dark\",\n  \"vim_mode\": true,\n  \"buffer_font_size\": 14,\n}\n";

QPushButton *button(const QWidget &parent, const QString &text)
{
    for (QPushButton *one : parent.findChildren<QPushButton *>()) {
        if (one->isVisible() && one->text().remove(u'&').contains(text))
            return one;
    }
    qFatal("there is no button %s", qPrintable(text));
}

void addRequests(Gateway &gateway)
{
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const std::pair<const char *, const char *> kinds[] = {
        {"OpenAI/Python 1.99.1", ""}, {"Zed/0.210.4", ""}, {"OpenAI/JS 4.96.0", "Cline"}};
    for (int number = 0; const auto &[agent, application] : kinds) {
        HistoryRecord record = sampleRecord(number);
        record.position = positionOf(now - std::chrono::minutes(++number));
        record.client = {.userAgent = agent, .application = application};
        if (number == 3) {
            record.status = 401;
            record.error = "invalid_api_key";
        }
        gateway.history().add(record);
    }
}

bool says(const QWidget &widget, const QString &text)
{
    const auto labels = widget.findChildren<QLabel *>();
    return std::ranges::any_of(labels, [&](const QLabel *label) { return label->text().contains(text); });
}

/// Any free port is listened on, but pictures should not change for that.
void showUsualPortIn(const QWidget &widget, const QString &address)
{
    for (QPlainTextEdit *text : widget.findChildren<QPlainTextEdit *>())
        text->setPlainText(text->toPlainText().replace(address, QStringLiteral("http://127.0.0.1:8080")));
}

void takePage(const Photographer &photographer, TestDesktop &test)
{
    Desktop &desktop = test.desktop;
    ClientsPage &page = desktop.clients();
    const QString file = test.folder.filePath(QStringLiteral(".config/zed/settings.json"));
    QDir().mkpath(QFileInfo(file).path());
    QFile settings(file);
    if (!settings.open(QIODevice::WriteOnly) || settings.write(kZedSettings) < 0)
        qFatal("cannot write %s", qPrintable(file));
    settings.close();
    addRequests(*desktop.gateway());
    desktop.window().goTo(&page);
    page.open("zed");
    waitFor([&] { return says(page, QStringLiteral("Last request at")); });
    button(page, QStringLiteral("Write into"))->click();
    photographer.take(*page.findChild<ChangeDialog *>(), "clients-write");
    page.findChild<ChangeDialog *>()->accept();
    showUsualPort(desktop);
    showUsualPortIn(page, desktop.watch().state().address);
    photographer.take(desktop.window(), "clients");
    page.open("claude-code");
    showUsualPortIn(page, desktop.watch().state().address);
    photographer.take(desktop.window(), "clients-claude-code");
    desktop.window().resize(900, 560);
    page.open("cursor");
    photographer.take(desktop.window(), "clients-small");
}

void takeWizard(const Photographer &photographer, TestDesktop &test, const QTcpServer &other)
{
    SetupWizard &wizard = *test.desktop.firstSteps().wizard();
    waitFor([&] { return wizard.findChild<FindStep *>()->findChild<QPushButton *>()->isEnabled(); });
    photographer.take(wizard, "setup-find");
    button(wizard, QStringLiteral("Next"))->click();
    photographer.take(wizard, "setup-choose");
    button(wizard, QStringLiteral("Next"))->click();
    photographer.take(wizard, "setup-port");
    wizard.findChild<QSpinBox *>()->setValue(other.serverPort());
    waitFor([&] { return says(wizard, QStringLiteral("has it (process")); });
    photographer.take(wizard, "setup-port-taken");
    wizard.findChild<QSpinBox *>()->setValue(QUrl(test.desktop.watch().state().address).port());
    button(wizard, QStringLiteral("Finish"))->click();
    HistoryRecord record = sampleRecord(1);
    record.client = {.userAgent = "OpenAI/Python 1.99.1"};
    record.duration = std::chrono::milliseconds(1240);
    test.desktop.gateway()->history().add(record);
    waitFor([&] { return says(wizard, QStringLiteral("First request received")); });
    showUsualPortIn(wizard, test.desktop.watch().state().address);
    photographer.take(wizard, "setup-connect");
}

} // namespace

void takeClients(const Photographer &photographer, Theme::Choice theme)
{
    QTcpServer other;
    if (!other.listen(QHostAddress::LocalHost))
        qFatal("no port can be had");
    const QTemporaryDir folder;
    TestDesktop test(
        TestDesktop::startsAtOnce(),
        {.configFile = folder.filePath(QStringLiteral("config.yaml")),
         .environment = Environment({{"OPENAI_API_KEY", "-"}, {"ANTHROPIC_API_KEY", "-"}, {"GROQ_API_KEY", "-"}}),
         .localServers = {}});
    setTheme(test.desktop, theme);
    test.desktop.window().resize(1180, 760);
    test.desktop.start();
    takeWizard(photographer, test, other);
    test.desktop.firstSteps().wizard()->close();
    takePage(photographer, test);
}

} // namespace lunargate::test
