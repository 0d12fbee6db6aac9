// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/test_desktop.h"

#include <QRegularExpression>
#include <QTest>

namespace lunargate::test {

namespace {

using namespace std::chrono_literals;

constexpr char kConfig[] = R"(
server: {port: 0, workers: 1}
providers:
  simulator: {type: simulator, default_model: simulator-1}
  slow: {type: simulator, default_model: simulator-2, simulator: {time_to_first_token: 1s}}
routing:
  routes:
    - name: default
      targets: [{provider: simulator, model: simulator-1}]
    - name: slow
      targets: [{provider: slow, model: simulator-2}]
)";

HistoryMessage streamOf(const QByteArrayList &frames)
{
    HistoryMessage message{.headers = {{"Content-Type", "text/event-stream"}}};
    auto at = 640ms;
    for (const QByteArray &frame : frames) {
        message.body += frame;
        message.frames.push_back({.at = at, .end = message.body.size()});
        at += 37ms;
    }
    return message;
}

QByteArray contentFrame(const QByteArray &text)
{
    return R"(data: {"id":"c1","object":"chat.completion.chunk","model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{"content":")" +
           text + "\"}}]}\n\n";
}

} // namespace

std::unique_ptr<Gateway> startTestGateway(const QByteArray &sections)
{
    const QByteArray history =
        sections.contains("history:") ? QByteArray() : QByteArray("history: {path: ':memory:'}\n");
    LoadedConfig loaded{.reading = readConfigText(kConfig + history + sections, "test", Environment::ofProcess()),
                        .source = "test"};
    for (const ConfigProblem &problem : loaded.reading.problems)
        qCritical("%s", problem.toText().constData());
    auto gateway = std::make_unique<Gateway>(std::move(loaded));
    if (const Result<void> started = gateway->start(); !started)
        qFatal("%s", started.error().message.constData());
    return gateway;
}

HistoryRecord sampleRecord(int number)
{
    const std::chrono::sys_days day{std::chrono::year{2026} / 11 / 28};
    return {.position = positionOf(day + std::chrono::seconds(number)),
            .id = "id-" + QByteArray::number(number),
            .endpoint = "chat_completions",
            .caller = "ci",
            .client = {.userAgent = "OpenAI/Python 1.99.1", .session = "s-1"},
            .route = "default",
            .provider = "openai",
            .model = "gpt-4o",
            .modelAsked = "gpt-4o",
            .modelServed = "gpt-4o-2024-08-06",
            .finishReason = "stop",
            .status = 200,
            .stream = true,
            .attemptCount = 1,
            .attempts = {{.provider = "openai",
                          .model = "gpt-4o",
                          .outcome = "success",
                          .status = 200,
                          .startedAfter = 2ms,
                          .timeToFirstByte = 600ms,
                          .duration = 1900ms}},
            .timeToFirstByte = 602ms,
            .duration = 1902ms,
            .usage = Usage{.input = 1200, .cachedInput = 11'264, .output = 130},
            .costUsd = 0.0173};
}

std::shared_ptr<const HistoryMessages> sampleMessages()
{
    auto messages = std::make_shared<HistoryMessages>();
    const QByteArray request =
        R"({"model":"gpt-4o","stream":true,"messages":[{"role":"system","content":"You are a careful assistant."},)"
        R"({"role":"user","content":"Which tests fail on <main>?"},{"role":"assistant","content":null,"tool_calls":)"
        R"([{"id":"call_1","type":"function","function":{"name":"bash","arguments":"{\"command\":\"ctest\"}"}}]},)"
        R"({"role":"tool","tool_call_id":"call_1","content":"97% tests passed, 2 tests failed out of 81"}],)"
        R"("tools":[{"type":"function","function":{"name":"bash","parameters":{"type":"object"}}}]})";
    const HeaderList headers{{"Host", "127.0.0.1:8080"}, {"Content-Type", "application/json"}};
    (*messages)[HistoryPart::ClientRequest] = {.headers = headers, .body = request};
    (*messages)[HistoryPart::ProviderRequest] = {.headers = {{"Content-Type", "application/json"}}, .body = request};
    QByteArrayList frames;
    for (const char *text : {"Two tests ", "fail: ", "tst_retry ", "and ", "tst_reload", "."})
        frames.append(contentFrame(text));
    frames.append("data: [DONE]\n\n");
    (*messages)[HistoryPart::ProviderAnswer] = streamOf(frames);
    (*messages)[HistoryPart::ClientAnswer] = streamOf(frames);
    return messages;
}

void failOnOwnWarnings()
{
    static const QRegularExpression kOwn(
        QStringLiteral("^(?!This plugin does not support|QObject::connect: No such signal QPlatformNativeInterface)"));
    QTest::failOnWarning(kOwn);
}

ui::ConfigAccess testConfigAccess(const QString &folder)
{
    const QString file = folder + QStringLiteral("/config.yaml");
    return {.file = file,
            .builtIn = kConfig,
            .check =
                [file](const QByteArray &text, const std::stop_token &) {
                    return readConfigFileWith(text, file,
                                              Environment({{"OPENAI_API_KEY", "k"}, {"ANTHROPIC_API_KEY", "k"}}));
                },
            .archive = folder + QStringLiteral("/archive")};
}

ui::StartGateway TestDesktop::startsAtOnce()
{
    return [](const std::function<void(ui::StartResult)> &done) { done({.gateway = startTestGateway()}); };
}

TestDesktop::TestDesktop(ui::StartGateway start, ui::SetupOptions setup)
    : desktop(settings,
              {.startGateway = std::move(start),
               .startCommand =
                   [] { return ui::StartCommand{.arguments = {QStringLiteral("/usr/bin/lunargate")}, .folder = {}}; },
               .config = testConfigAccess(folder.path()),
               .autostart = ui::Autostart(folder.filePath(QStringLiteral("autostart"))),
               .keychain = &keychain,
               .keyUses = [this] { return keyUses; },
               .setup = std::move(setup),
               .places = {.home = folder.path(),
                          .environment = {},
                          .stateFile = folder.filePath(QStringLiteral("clients.ini"))},
               .retryAfter = 20ms,
               .trayCheckInterval = 20ms})
{
}

} // namespace lunargate::test
