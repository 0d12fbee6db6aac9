// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/collector/collector_sender.h"
#include "tests/support/json_path.h"
#include "tests/unit/pipeline/scripted_transport.h"

#include <QJsonArray>
#include <QLoggingCategory>

#include <functional>
#include <numeric>
#include <vector>

namespace lunargate::test {

using namespace std::chrono_literals;

inline constexpr CollectorQueue::Limits kPlenty{.requests = 1'000'000, .bytes = 1LL << 40};
inline constexpr CollectorQueue::Limits kBatchOfTen{.requests = 10, .bytes = 1LL << 40};

inline DataSharingConfig sharingSettings()
{
    DataSharingConfig config;
    config.enabled = true;
    config.apiKey = SecretString("lgw_test_key");
    config.backendUrl = "http://collector.test/v1";
    return config;
}

inline std::vector<int> numbers(int begin, int end)
{
    std::vector<int> all(static_cast<size_t>(end - begin));
    std::iota(all.begin(), all.end(), begin);
    return all;
}

/// Its warnings are what another test is about.
inline void muted(const std::function<void()> &action)
{
    QLoggingCategory::setFilterRules(QStringLiteral("lunargate.collector=false"));
    action();
    QLoggingCategory::setFilterRules({});
}

/// A collector that does what the test says, in a time that passes only where the sender waits.
struct SenderFixture
{
    explicit SenderFixture(CollectorQueue::Limits most = kPlenty) : queue(most, kBatchOfTen) {}

    DeliveryWorld world()
    {
        return {.makeTransport = [this] { return std::make_unique<Answering>(*this); },
                .now = [this] { return now; },
                .pause = [this](Event &event, TimePoint until) -> Task<> {
                    pauses.push_back(std::chrono::floor<std::chrono::milliseconds>(until - now));
                    if (isTimeStill)
                        return untilEvent(event);
                    passTo(until);
                    return done();
                },
                .random = [] { return 0.5; },
                .linger = 1ms};
    }

    /// A request that is over, with a prompt and an answer if they are shared. Whoever listens is woken if that helps.
    void add(int number, Sharing sharing = {})
    {
        CollectedRequest request;
        request.sharing = sharing;
        request.record.requestId = QByteArray::number(number);
        request.record.status = 200;
        request.setRequest("{\"prompt\":\"my diary\"}");
        request.setResponse("{\"answer\":\"dear diary\"}");
        if (queue.add(std::move(request)) == CollectorQueue::Wake::Full)
            sender.wake(CollectorQueue::Wake::Full);
    }

    void passTo(TimePoint time)
    {
        while (perSecond > 0 && nextAt <= time) {
            add(added++);
            nextAt += std::chrono::nanoseconds(1s) / perSecond;
        }
        now = time;
    }

    /// The requests whose events the collector took, as they came.
    std::vector<int> received() const
    {
        std::vector<int> ids;
        for (const QByteArray &body : taken) {
            for (const QJsonValue event : jsonAt(body, "events").toArray())
                ids.push_back(event[u"data"][u"request_id"].toString().toInt());
        }
        return ids;
    }

    class Answering : public Transport
    {
    public:
        explicit Answering(SenderFixture &fixture) : m_fixture(fixture) {}
        std::unique_ptr<UpstreamCall> send(UpstreamRequest request) override
        {
            m_fixture.requests.push_back(request);
            const Script script = m_fixture.answer();
            const auto *head = std::get_if<UpstreamHead>(&script.steps.front());
            if (head && head->status == 200)
                m_fixture.taken.push_back(request.body);
            m_once = std::make_unique<ScriptedTransport>(std::deque<Script>{script});
            return m_once->send(std::move(request));
        }

    private:
        SenderFixture &m_fixture;
        std::unique_ptr<ScriptedTransport> m_once;
    };

    TimePoint now{1h};
    bool isTimeStill = false;
    int perSecond = 0; ///< requests that come while time passes
    TimePoint nextAt = now;
    int added = 0;
    std::function<Script()> answer = [] { return Script(200); }; ///< to the last of `requests`
    std::vector<UpstreamRequest> requests;
    std::vector<QByteArray> taken;
    std::vector<std::chrono::milliseconds> pauses;
    CollectorQueue queue;
    CollectorSender sender{queue, world(), 1ms};

private:
    static Task<> done() { co_return; }
    static Task<> untilEvent(Event &event) { co_await event.wait(); }
};

} // namespace lunargate::test
