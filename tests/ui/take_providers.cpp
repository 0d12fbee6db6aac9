// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/take_providers.h"

#include "tests/ui/providers_gateway.h"
#include "tests/ui/test_desktop.h"

#include "gateway/history/history.h"

#include <cmath>

namespace lunargate::test {

namespace {

using namespace lunargate::ui;
using namespace std::chrono_literals;

constexpr char kProviders[] = R"(
providers:
  anthropic: {api_key: key, concurrency: {limit: 8}}
  openai: {api_key: key}
  groq: {api_key: key}
  ollama: {}
  workshop: {type: openai, base_url: "http://10.0.0.7:8000/v1", api_key: key}
routing:
  routes:
    - {name: default, targets: [{provider: openai, model: gpt-5.1}]}
)";

void addCalls(History &history, const QByteArray &provider, int count, std::chrono::milliseconds usual)
{
    for (int number = 0; number < count; ++number) {
        const double vary = 0.7 + 0.25 * std::sin(number * 0.7) + (number * 37 % 61) / 90.0;
        const auto age = 20s + 47s * number;
        history.add(callTo(provider, age, std::chrono::milliseconds(std::lround(usual.count() * vary))));
    }
}

void fail(CircuitBreakers &breakers, const Gateway &gateway, const QByteArray &provider, const QByteArray &model)
{
    const Error error{
        .kind = ErrorKind::UpstreamStatus, .reason = "upstream_status", .message = {}, .upstreamStatus = 503};
    for (int time = 0; time < 5; ++time)
        breakers.admitAnyway(*gateway.config()->provider(provider), model, Clock::now()).fail(error, Clock::now());
}

void take(const QByteArray &config, const std::function<void(Gateway &)> &prepare, const Photographer &photographer,
          Theme::Choice theme, const char *name)
{
    TestDesktop test(
        [&](const std::function<void(StartResult)> &done) { done({.gateway = startProvidersGateway(config)}); });
    setTheme(test.desktop, theme);
    test.desktop.window().resize(1280, 800);
    test.desktop.start();
    Gateway &gateway = *test.desktop.gateway();
    prepare(gateway);
    test.desktop.window().goTo(&test.desktop.providers());
    test.desktop.watch().refresh();
    showUsualPort(test.desktop);
    waitFor([&] {
        for (const QLabel *label : test.desktop.providers().cards().last()->findChildren<QLabel *>()) {
            if (label->text() == QStringLiteral("No requests in the last 24 hours"))
                return true;
        }
        return false;
    });
    photographer.take(test.desktop.window(), name);
}

} // namespace

void takeProviders(const Photographer &photographer, Theme::Choice theme)
{
    const QByteArray config = kProviders;
    const auto prepare = [](Gateway &gateway) {
        History &history = gateway.history();
        addCalls(history, "anthropic", 64, 1240ms);
        addCalls(history, "openai", 58, 2310ms);
        addCalls(history, "groq", 40, 96ms);
        for (const auto age : {10s, 12s, 15s, 19s, 31s})
            history.add(failedCallTo("groq", age));
        history.add(failedCallTo("openai", 9min, 429, "rate_limited"));
        addCalls(history, "ollama", 22, 310ms);
        fail(gateway.circuits(), gateway, "groq", "llama-3.3-70b-versatile");
    };
    take(config, prepare, photographer, theme, "providers");
    take(
        config + "circuit_breaker: {scope: model, open_for: 90s}\n",
        [&](Gateway &gateway) {
            CircuitBreakers &breakers = gateway.circuits();
            const ProviderConfig &openai = *gateway.config()->provider("openai");
            for (const char *model : {"gpt-5.1", "gpt-5.1-codex", "gpt-4o-mini"})
                breakers.admitAnyway(openai, model, Clock::now()).succeed(Clock::now());
            prepare(gateway);
            fail(breakers, gateway, "openai", "gpt-4o-mini");
        },
        photographer, theme, "circuits");
}

} // namespace lunargate::test
