// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/target_loads.h"

#include <QTest>

#include <cmath>

using namespace lunargate;
using namespace std::chrono_literals;

/// What calls leave behind at their targets.
class TestTargetLoads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_now = TimePoint(24h);
        m_loads = std::make_unique<TargetLoads>([this] { return m_now; });
    }

    void countsCallsAsLongAsTheyLive()
    {
        const auto load = m_loads->of("openai", "gpt-4o");
        QCOMPARE(load->pending(), 0);
        {
            TargetCall first(load);
            TargetCall second(load);
            QCOMPARE(load->pending(), 2);
            TargetCall moved = std::move(first);
            QCOMPARE(load->pending(), 2);
            moved.answered(); // a stream's first content
            QCOMPARE(load->pending(), 2);
            second = TargetCall();
            QCOMPARE(load->pending(), 1);
        }
        QCOMPARE(load->pending(), 0);
    }

    void aCallWithoutATargetCountsNowhere()
    {
        TargetCall call(nullptr);
        call.answered();
        call.failed();
        call.refused();
        TargetCall().dismissed();
    }

    void measuresUntilTheAnswer()
    {
        const auto load = m_loads->of("openai", "gpt-4o");
        QVERIFY(!load->latency());
        TargetCall call(load);
        m_now += 250ms;
        call.answered();
        m_now += 1min; // the rest of the stream
        call = TargetCall();
        m_now -= 1min;
        QCOMPARE(load->latency().value(), 250.0);
    }

    void decaysOnlyWhileNoCallRuns()
    {
        const auto load = m_loads->of("openai", "gpt-4o");
        finish(load, 2s, &TargetCall::answered);
        m_now += PeakEwma::kDecayTime;
        QCOMPARE(load->latency().value(), 2000 * std::exp(-1));
        const TargetCall call(load);
        QCOMPARE(load->latency().value(), 2000.0);
    }

    void failuresCount_data()
    {
        QTest::addColumn<int>("before"); // milliseconds; 0: it is unknown
        QTest::addColumn<int>("took");
        QTest::addColumn<double>("after");
        QTest::newRow("fast failure of a fast one") << 200 << 1 << 800.0;
        QTest::newRow("fast failure of a slow one") << 9000 << 1 << 36'000.0;
        QTest::newRow("of the slowest") << 50'000 << 1 << 60'000.0;
        QTest::newRow("of one beyond the limit") << 90'000 << 1 << 90'000.0;
        QTest::newRow("slow failure") << 200 << 30'000 << 30'000.0;
        QTest::newRow("of an unknown one") << 0 << 1 << 10'000.0;
    }

    void failuresCount()
    {
        QFETCH(int, before);
        QFETCH(int, took);
        const auto load = m_loads->of("openai", "gpt-4o");
        if (before > 0)
            finish(load, std::chrono::milliseconds(before), &TargetCall::answered);
        finish(load, std::chrono::milliseconds(took), &TargetCall::failed);
        const double latency = std::round(load->latency().value());
        QTEST(latency, "after");
    }

    void failingFastNeverMakesATargetLookFast()
    {
        const auto load = m_loads->of("openai", "gpt-4o");
        finish(load, 200ms, &TargetCall::answered);
        for (int failure = 0; failure < 20; ++failure)
            finish(load, 1ms, &TargetCall::failed);
        QCOMPARE_GT(load->latency().value(), 50'000.0);
    }

    void aBrokenStreamIsAFailure()
    {
        const auto load = m_loads->of("openai", "gpt-4o");
        {
            TargetCall call(load);
            m_now += 100ms;
            call.answered();
            call.failed();
        }
        QCOMPARE(load->latency().value(), 400.0);
    }

    void aRefusalIsNoGoodNews()
    {
        const auto load = m_loads->of("openai", "gpt-4o");
        finish(load, 1ms, &TargetCall::refused);
        QCOMPARE(load->latency().value(), 10'000.0);
        const auto known = m_loads->of("groq", "llama");
        finish(known, 300ms, &TargetCall::answered);
        m_now += PeakEwma::kDecayTime;
        finish(known, 1ms, &TargetCall::refused);
        QCOMPARE(known->latency().value(), 300.0);
    }

    void whoeverGivesUpWaitedAtLeastSoLong()
    {
        const auto load = m_loads->of("openai", "gpt-4o");
        wait(load, 500ms);
        QVERIFY(!load->latency()); // it may have been about to answer
        const auto silent = m_loads->of("groq", "llama");
        wait(silent, 5s);
        QCOMPARE(silent->latency().value(), 5000.0);
        finish(load, 1s, &TargetCall::answered);
        wait(load, 500ms);
        QCOMPARE_LE(load->latency().value(), 1000.0);
        wait(load, 30s);
        QCOMPARE(load->latency().value(), 30'000.0);
    }

    void whatWasNeverSentCountsNotAtAll()
    {
        const auto load = m_loads->of("openai", "gpt-4o");
        finish(load, 1s, &TargetCall::answered);
        finish(load, 30s, &TargetCall::dismissed);
        QCOMPARE_LT(load->latency().value(), 1000.0);
        QCOMPARE(load->pending(), 0);
    }

    void whatWaitsForItsTurnIsPendingButNotTimed()
    {
        const auto load = m_loads->of("openai", "gpt-4o");
        TargetCall call(load);
        call.dismissed();
        m_now += 30s;
        QCOMPARE(load->pending(), 1);
        call.restart();
        m_now += 1s;
        call.answered();
        QCOMPARE(load->latency().value(), 1000.0);
    }

    void remembersTargetsThatSomebodyNames()
    {
        auto before = m_loads->of("openai", "gpt-4o");
        finish(before, 1s, &TargetCall::answered);
        auto after = m_loads->of("openai", "gpt-4o"); // the next configuration
        QCOMPARE(after, before);
        before.reset();
        QCOMPARE(m_loads->of("openai", "gpt-4o")->latency().value(), 1000.0);
        QVERIFY(m_loads->of("openai", "") != after);
        QVERIFY(m_loads->of("groq", "gpt-4o") != after);
    }

    void forgetsTargetsThatNobodyNames()
    {
        for (int model = 0; model < 100; ++model)
            m_loads->of("openai", QByteArray::number(model));
        QCOMPARE(m_loads->size(), std::size_t{0});
        auto load = m_loads->of("openai", "gpt-4o");
        TargetCall call(load);
        load.reset();
        QCOMPARE(m_loads->size(), std::size_t{1});
        call = TargetCall();
        QCOMPARE(m_loads->size(), std::size_t{0});
        QVERIFY(!m_loads->of("openai", "gpt-4o")->latency());
    }

private:
    void finish(const std::shared_ptr<TargetLoad> &load, std::chrono::milliseconds after, void (TargetCall::*how)())
    {
        TargetCall call(load);
        m_now += after;
        (call.*how)();
    }
    void wait(const std::shared_ptr<TargetLoad> &load, std::chrono::milliseconds time)
    {
        const TargetCall call(load);
        m_now += time;
    }

    TimePoint m_now;
    std::unique_ptr<TargetLoads> m_loads;
};

QTEST_APPLESS_MAIN(TestTargetLoads)
#include "tst_target_loads.moc"
