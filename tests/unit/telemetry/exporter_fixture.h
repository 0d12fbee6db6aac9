// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/telemetry/telemetry_exporter.h"
#include "tests/support/wait.h"
#include "tests/unit/pipeline/scripted_transport.h"
#include "tests/unit/telemetry/traced_requests.h"

#include <QLoggingCategory>

namespace lunargate::test {

using Wake = TelemetryQueue::Wake;

inline Task<> done()
{
    co_return;
}

inline Task<> untilEvent(Event &event)
{
    co_await event.wait();
}

inline TelemetryConfig settings()
{
    TelemetryConfig config;
    config.endpoint = "http://otel.test:4318";
    config.headers = {{"x-api-key", "otel-key-1"}};
    config.compress = false;
    config.metricsInterval = 1h;
    return config;
}

inline TracedRequest saying(const QByteArray &text)
{
    TracedRequest request = tracedChat();
    request.content = std::make_unique<TracedContent>();
    request.content->setRequest(R"({"messages":[{"role":"user","content":")" + text + R"("}]})");
    return request;
}

/// Whose spans take about 100 KiB.
inline TracedRequest large()
{
    TracedRequest request = tracedChat();
    request.record.attemptRecords.resize(RequestRecord::kMostAttemptRecords, request.record.attemptRecords.front());
    for (AttemptRecord &attempt : request.record.attemptRecords)
        attempt.model = QByteArray(1000, 'm');
    return request;
}

/// An OpenTelemetry collector that does what the test says, in a time that passes only where the exporter waits.
struct ExporterFixture
{
    DeliveryWorld world()
    {
        return {.makeTransport = [this] { return std::make_unique<Answering>(*this); },
                .now = [this] { return now; },
                .pause = [this](Event &event, TimePoint until) -> Task<> {
                    pauses.push_back(std::chrono::floor<std::chrono::milliseconds>(until - now));
                    if (isTimeStill)
                        return untilEvent(event);
                    now = until;
                    return done();
                },
                .random = [] { return 0.5; },
                .linger = 1ms};
    }

    void add(TracedRequest request = tracedChat()) { queue.add(std::move(request)); }

    std::vector<UpstreamRequest> requestsTo(const char *path) const
    {
        std::vector<UpstreamRequest> found;
        for (const UpstreamRequest &request : requests) {
            if (request.url.path() == QLatin1StringView(path))
                found.push_back(request);
        }
        return found;
    }
    std::vector<UpstreamRequest> traces() const { return requestsTo("/v1/traces"); }
    std::vector<UpstreamRequest> metrics() const { return requestsTo("/v1/metrics"); }
    bool close(milliseconds time = 10s)
    {
        bool isClosed = false;
        exporter.close(Clock::now() + time, [&] { isClosed = true; });
        return waitUntil([&] { return isClosed; });
    }

    class Answering : public Transport
    {
    public:
        explicit Answering(ExporterFixture &fixture) : m_fixture(fixture) {}
        std::unique_ptr<UpstreamCall> send(UpstreamRequest request) override
        {
            const Script script = m_fixture.answer(request);
            m_fixture.requests.push_back(request);
            m_calls.push_back(std::make_unique<ScriptedTransport>(std::deque<Script>{script}));
            return m_calls.back()->send(std::move(request));
        }

    private:
        ExporterFixture &m_fixture;
        std::vector<std::unique_ptr<ScriptedTransport>> m_calls; // traces and metrics go side by side
    };

    TimePoint now{1h};
    bool isTimeStill = false;
    std::function<Script(const UpstreamRequest &)> answer = [](const UpstreamRequest &) { return Script(200); };
    std::vector<UpstreamRequest> requests;
    std::vector<milliseconds> pauses;
    TelemetryQueue queue{{.requests = 1000, .bytes = 1LL << 40, .contentBytes = 1LL << 40, .hurry = 500}};
    TelemetryExporter exporter{queue, world()};
};

// What it warns of is what another test is about.
inline void muted(const std::function<void()> &action)
{
    QLoggingCategory::setFilterRules(QStringLiteral("lunargate.telemetry=false"));
    action();
    QLoggingCategory::setFilterRules({});
}

} // namespace lunargate::test
