// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a picture of each view, light and dark, into the folder of the command line (./dev screenshots).
#include "tests/ui/photographer.h"
#include "tests/ui/take_keys.h"
#include "tests/ui/take_replay.h"
#include "tests/ui/take_clients.h"
#include "tests/ui/take_overview.h"
#include "tests/ui/take_forms.h"
#include "tests/ui/take_providers.h"
#include "tests/ui/take_config.h"
#include "tests/ui/test_desktop.h"

#include "gateway/history/history.h"
#include "gateway/resilience/circuit_breakers.h"
#include "ui/shell/command_palette.h"

#include <QApplication>
#include <QDir>
#include <QPainter>
#include <QTest>

using namespace lunargate;
using namespace lunargate::ui;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

struct Kind
{
    const char *client;
    const char *caller;
    const char *route;
    const char *provider;
    const char *asked;
    const char *served;
    int firstToken; // milliseconds
    int total;
    int tokensIn;
    int tokensCached;
    int tokensOut;
    double cost;
};

constexpr Kind kKinds[] = {
    {"claude-cli/2.1.0 (external, cli)", "laptop", "coding", "anthropic", "claude-sonnet-4-5",
     "claude-sonnet-4-5-20250929", 1240, 18'400, 68'300, 61'200, 1420, 0.0634},
    {"codex_cli_rs/0.122.0", "", "coding", "openai", "gpt-5.1-codex", "gpt-5.1-codex", 2310, 31'750, 44'100, 39'900,
     2210, 0.0331},
    {"OpenAI/Python 1.99.1", "ci", "default", "openai", "gpt-4o-mini", "gpt-4o-mini-2024-07-18", 412, 1930, 1210, 0,
     186, 0.000293},
    {"Zed/0.210.4", "", "default", "groq", "lunargate/auto", "llama-3.3-70b-versatile", 96, 840, 930, 0, 240, 0.000738},
    {"continue/1.5", "laptop", "local", "ollama", "qwen3:8b", "qwen3:8b", 310, 6120, 2140, 0, 410, 0},
};

void fail(HistoryRecord &record, int status, const char *error, const char *message)
{
    record.status = status;
    record.error = error;
    record.errorType = "api_error";
    record.errorMessage = message;
    record.usage.reset();
    record.costUsd.reset();
    record.timeToFirstByte.reset();
}

HistoryRecord madeUp(int number)
{
    const Kind &kind = kKinds[(number * 7 + number / 5) % 5];
    const double vary = 0.7 + (number * 37 % 61) / 100.0;
    const auto scaled = [vary](int value) { return static_cast<int>(value * vary); };
    const QDateTime begin =
        QDate::currentDate().startOfDay().addSecs(10 * 3600 + number * 23).addMSecs(number * 317 % 1000);
    HistoryRecord record = sampleRecord(number);
    record.position = positionOf(
        std::chrono::sys_time<std::chrono::microseconds>(std::chrono::milliseconds(begin.toMSecsSinceEpoch())));
    record.id = "6f1c2a" + QByteArray::number(100'000 + number) + "-4c1e-9d55-b1a7";
    record.caller = kind.caller;
    record.client = {.userAgent = kind.client, .session = "3b7e"};
    record.route = kind.route;
    record.provider = kind.provider;
    record.model = record.modelAsked = kind.asked;
    record.modelServed = kind.served;
    record.timeToFirstByte = std::chrono::milliseconds(scaled(kind.firstToken));
    record.duration = std::chrono::milliseconds(scaled(kind.total));
    record.usage = Usage{.input = scaled(kind.tokensIn - kind.tokensCached),
                         .cachedInput = scaled(kind.tokensCached),
                         .output = scaled(kind.tokensOut)};
    record.costUsd = kind.cost * vary;
    if (number % 17 == 5)
        fail(record, 429, "rate_limited", "groq allows 30 requests a minute; try again in 12 s");
    if (number % 29 == 11)
        fail(record, 502, "upstream_unreachable",
             "ollama at http://127.0.0.1:11434 refuses the connection; is it running?");
    if (number % 41 == 20)
        fail(record, 499, "client_cancelled", "client disconnected");
    return record;
}

/// The request that is looked at: one provider failed, another one answered.
HistoryRecord lookedAt()
{
    HistoryRecord record = madeUp(88);
    record.caller = "laptop";
    record.client = {.userAgent = "OpenAI/Python 1.99.1", .session = "3b7e"};
    record.route = "coding";
    record.provider = "openai";
    record.model = record.modelAsked = "gpt-4o";
    record.modelServed = "gpt-4o-2024-08-06";
    record.status = 200;
    record.error.clear();
    record.errorMessage.clear();
    record.duration = 2740ms;
    record.timeToFirstByte = 1630ms;
    record.usage = Usage{.input = 412, .output = 58};
    record.costUsd = 0.00161;
    record.attemptCount = 3;
    record.retries = 1;
    record.fallbackUsed = true;
    record.attempts = {{.provider = "groq",
                        .model = "llama-3.3-70b-versatile",
                        .outcome = "rate_limited",
                        .status = 429,
                        .error = "rate_limited",
                        .startedAfter = 4ms,
                        .duration = 210ms,
                        .phases = PhaseTimes{.dns = 9ms, .connect = 14ms, .tls = 21ms, .firstByte = 206ms}},
                       {.provider = "groq",
                        .model = "llama-3.3-70b-versatile",
                        .outcome = "server_error",
                        .status = 503,
                        .error = "upstream_status",
                        .startedAfter = 720ms,
                        .waited = 506ms,
                        .duration = 190ms,
                        .phases = PhaseTimes{.isReused = true, .firstByte = 187ms}},
                       {.provider = "openai",
                        .model = "gpt-4o",
                        .outcome = "success",
                        .status = 200,
                        .startedAfter = 912ms,
                        .timeToFirstByte = 718ms,
                        .duration = 1826ms,
                        .phases = PhaseTimes{.dns = 3ms, .connect = 8ms, .tls = 19ms, .firstByte = 690ms}}};
    record.messages = sampleMessages();
    return record;
}

/// The tray's icons on a light and a dark panel.
QPixmap trayIcons()
{
    QPixmap sheet(320, 160);
    QPainter painter(&sheet);
    painter.fillRect(0, 0, 320, 80, QColor(0xeceef2));
    painter.fillRect(0, 80, 320, 80, QColor(0x22262e));
    int x = 24;
    for (const Condition condition : {Condition::Running, Condition::Degraded, Condition::Error, Condition::Paused}) {
        for (const int y : {0, 80}) {
            stateIcon(condition).paint(&painter, x, y + 12, 32, 32);
            stateIcon(condition).paint(&painter, x + 38, y + 22, 16, 16);
        }
        x += 74;
    }
    return sheet;
}

void takeRequests(TestDesktop &test, const Photographer &photographer)
{
    Desktop &desktop = test.desktop;
    waitFor([&] { return desktop.requests().model().rowCount() >= 90; });
    showUsualPort(desktop);
    {
        const CallsUnderWay calls(desktop.gateway()->running());
        waitFor([&] { return desktop.requests().model().row(0).isUnderWay(); });
        photographer.take(desktop.window(), "requests");
    }
    waitFor([&] { return !desktop.requests().model().row(0).isUnderWay(); });
    auto *detail = desktop.requests().findChild<RequestDetail *>();
    auto *tabs = detail->findChild<QTabWidget *>();
    desktop.requests().open(lookedAt().id);
    waitFor([&] { return !qobject_cast<TextSheet *>(tabs->widget(0))->toPlainText().isEmpty(); });
    const char *names[] = {"conversation", "request", "response", "frames", "attempts", "headers", "raw"};
    for (int tab = 0; tab < tabs->count(); ++tab) {
        tabs->setCurrentIndex(tab);
        photographer.take(desktop.window(), names[tab]);
    }
    desktop.requests().setFilter(QStringLiteral("status:>=400 provder:groq"));
    photographer.take(desktop.window(), "filter");
    desktop.requests().setFilter({});
}

void takeShell(TestDesktop &test, const Photographer &photographer)
{
    Desktop &desktop = test.desktop;
    CommandPalette palette(desktop.actions().all(), nullptr);
    palette.setAttribute(Qt::WA_DeleteOnClose, false);
    palette.show();
    photographer.take(palette, "palette");
    palette.hide();
    desktop.gateway()->circuits().forceOpen("simulator", Clock::now());
    desktop.watch().refresh();
    showUsualPort(desktop);
    desktop.window().goTo(&desktop.settingsPage());
    photographer.take(desktop.window(), "settings");
    desktop.tray().menu().ensurePolished();
    photographer.take(desktop.tray().menu(), "tray");
}

void takeFailure(const Photographer &photographer, Theme::Choice theme)
{
    TestDesktop test([](const std::function<void(StartResult)> &done) {
        done({.gateway = nullptr,
              .problems = {QStringLiteral("failed to load config: config.yaml cannot be used"),
                           QStringLiteral("config.yaml:14:7: providers.openai.api_key: the environment variable "
                                          "OPENAI_API_KEY is not set")}});
    });
    setTheme(test.desktop, theme);
    test.desktop.window().resize(1280, 800);
    test.desktop.start();
    photographer.take(test.desktop.window(), "failure");
}

void takeAll(const QString &folder, Theme::Choice theme)
{
    const Photographer photographer(folder, theme);
    TestDesktop test([](const std::function<void(StartResult)> &done) {
        done({.gateway = startTestGateway("history: {path: ':memory:', capture: bodies}\n")});
    });
    setTheme(test.desktop, theme);
    test.settings.setPinnedRequests({QString::fromUtf8(madeUp(80).id)});
    test.desktop.window().resize(1280, 800);
    test.desktop.start();
    for (int number = 0; number < 96; ++number)
        test.desktop.gateway()->history().add(number == 88 ? lookedAt() : madeUp(number));
    test.desktop.window().goTo(&test.desktop.requests());
    takeRequests(test, photographer);
    takeKeys(test, photographer);
    takeShell(test, photographer);
    takeReplay(photographer);
    takeForms(photographer);
    takeFailure(photographer, theme);
    takeClients(photographer, theme);
    takeOverview(photographer, theme);
    takeProviders(photographer, theme);
    takeConfig(photographer, theme);
}

} // namespace

int main(int argc, char *argv[])
{
    QApplication application(argc, argv);
    if (argc != 2)
        qFatal("usage: %s FOLDER", argv[0]);
    QFont font(QStringLiteral("Inter"));
    font.setPixelSize(13);
    QApplication::setFont(font);
    const QString folder = QString::fromLocal8Bit(argv[1]);
    QDir().mkpath(folder);
    if (!trayIcons().save(folder + QStringLiteral("/icons.png")))
        qFatal("cannot write to %s", argv[1]);
    takeAll(folder, Theme::Choice::Light);
    takeAll(folder, Theme::Choice::Dark);
    return 0;
}
