// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/take_overview.h"

#include "tests/ui/test_desktop.h"

#include "gateway/history/history.h"

#include <cmath>
#include <numbers>

namespace lunargate::test {

using namespace lunargate::ui;
using namespace std::chrono_literals;

namespace {

constexpr int kRequests = 980; // as many as memory keeps
constexpr std::chrono::duration<double, std::chrono::hours::period> kTime(36);

struct Kind
{
    const char *client;
    const char *provider;
    const char *model;
    int firstToken; // milliseconds
    int tokensIn;
    int tokensCached;
    int tokensOut;
    double cost;
};

constexpr Kind kKinds[] = {
    {"claude-cli/2.1.0 (external, cli)", "anthropic", "claude-sonnet-4-5", 1240, 68'300, 61'200, 1420, 0.0634},
    {"codex_cli_rs/0.122.0", "openai", "gpt-5.1-codex", 2310, 44'100, 39'900, 2210, 0.0331},
    {"OpenAI/Python 1.99.1", "openai", "gpt-4o-mini", 412, 1210, 0, 186, 0.000293},
    {"Zed/0.210.4", "groq", "llama-3.3-70b-versatile", 96, 930, 0, 240, 0.000738},
    {"continue/1.5", "ollama", "qwen3:8b", 310, 2140, 0, 410, 0},
};

/// Between 0 and 1, always the same.
double scatter(int number)
{
    const double value = std::sin(number * 12.9898) * 43758.5453;
    return value - std::floor(value);
}

HistoryRecord madeUp(int number, std::chrono::sys_time<std::chrono::microseconds> now)
{
    const Kind &kind = kKinds[static_cast<size_t>(scatter(number + 1) * 4.999)];
    const double vary = 0.6 + 0.9 * scatter(number + 2);
    // Denser in some hours than in others.
    const double share = (number + scatter(number)) / kRequests;
    const double age = share + 0.04 * std::sin(share * 6 * std::numbers::pi) + 0.01 * std::sin(share * 40);
    HistoryRecord record = sampleRecord(number);
    record.position = positionOf(now - std::chrono::round<std::chrono::microseconds>(kTime * std::abs(age)));
    record.client = {.userAgent = kind.client};
    record.provider = kind.provider;
    record.model = kind.model;
    record.timeToFirstByte = std::chrono::milliseconds(std::llround(kind.firstToken * vary));
    record.usage = Usage{.input = std::llround((kind.tokensIn - kind.tokensCached) * vary),
                         .cachedInput = std::llround(kind.tokensCached * vary),
                         .output = std::llround(kind.tokensOut * vary)};
    record.costUsd = kind.cost * vary;
    record.costSource = "table";
    if (number % 23 == 5) {
        record.error = "rate_limited";
        record.usage.reset();
        record.costUsd.reset();
        record.costSource.clear();
        record.timeToFirstByte.reset();
    } else if (number % 19 == 3) {
        record.cache = "hit";
        record.usage.reset();
        record.costUsd = 0;
        record.timeToFirstByte.reset();
        record.savedTokens = kind.tokensIn + kind.tokensOut;
        record.savedUsd = kind.cost;
        record.savedTime = std::chrono::milliseconds(4 * kind.firstToken);
    } else if (kind.cost == 0 && number % 2 == 0) {
        record.costUsd.reset();
        record.costSource = "unknown";
    }
    return record;
}

} // namespace

void takeOverview(const Photographer &photographer, Theme::Choice theme)
{
    TestDesktop test;
    Desktop &desktop = test.desktop;
    setTheme(desktop, theme);
    desktop.window().resize(1280, 800);
    desktop.start();
    waitFor([&] { return bool(desktop.overview().source().tally()); });
    showUsualPort(desktop);
    desktop.overview().findChild<QLineEdit *>()->setText(QStringLiteral("http://127.0.0.1:8080/v1"));
    photographer.take(desktop.window(), "overview-empty");

    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    for (int number = 0; number < kRequests; ++number)
        desktop.gateway()->history().add(madeUp(number, now));
    waitFor([&] { return desktop.gateway()->history().status().inMemory == kRequests; });
    desktop.overview().setRange(1);
    waitFor([&] { return desktop.overview().findChild<OverviewPlots *>() != nullptr; });
    desktop.overview().findChild<PlotCard *>()->currentWanted(30);
    photographer.take(desktop.window(), "overview");
}

} // namespace lunargate::test
