// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/providers_gateway.h"

#include "tests/ui/test_desktop.h"

namespace lunargate::test {

using std::chrono::microseconds;
using std::chrono::milliseconds;

std::unique_ptr<Gateway> startProvidersGateway(const QByteArray &config)
{
    const auto load = [&config](const std::stop_token &) {
        const QByteArray server = "server: {port: 0, workers: 1}\n";
        const QByteArray history =
            config.contains("history:") ? QByteArray() : QByteArray("history: {path: ':memory:'}\n");
        return LoadedConfig{.reading = readConfigText(server + history + config, "test", Environment::ofProcess()),
                            .source = "test"};
    };
    LoadedConfig loaded = load({});
    for (const ConfigProblem &problem : loaded.reading.problems)
        qCritical("%s", problem.toText().constData());
    auto gateway = std::make_unique<Gateway>(std::move(loaded), load);
    if (const Result<void> started = gateway->start(); !started)
        qFatal("%s", started.error().message.constData());
    return gateway;
}

HistoryRecord callTo(const QByteArray &provider, milliseconds age, milliseconds timeToFirstByte)
{
    HistoryRecord record = sampleRecord(0);
    record.position = positionOf(std::chrono::floor<microseconds>(std::chrono::system_clock::now()) - age);
    record.provider = provider;
    record.attempts[0].provider = provider;
    record.attempts[0].timeToFirstByte = record.timeToFirstByte = timeToFirstByte;
    return record;
}

HistoryRecord failedCallTo(const QByteArray &provider, milliseconds age, int status, const QByteArray &error)
{
    HistoryRecord record = callTo(provider, age);
    record.status = status;
    record.error = error;
    record.usage.reset();
    record.timeToFirstByte.reset();
    HistoryAttempt &attempt = record.attempts[0];
    attempt.status = status;
    attempt.error = error;
    attempt.outcome = outcomeLabel(status == 429 ? AttemptOutcome::RateLimited : AttemptOutcome::ServerError);
    attempt.timeToFirstByte.reset();
    attempt.duration = milliseconds(200);
    return record;
}

} // namespace lunargate::test
