// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/providers_gateway.h"
#include "tests/ui/test_desktop.h"

#include "ui/providers/circuit_order.h"
#include "ui/providers/circuit_text.h"
#include "ui/providers/provider_facts.h"
#include "ui/text/filter_text.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::ui;
using namespace std::chrono_literals;

/// What is told of a provider: its circuits in words, its calls, its last failure.
class ProviderFactsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { test::failOnOwnWarnings(); }

    void timeLeftIsToldInFullSeconds_data()
    {
        QTest::addColumn<milliseconds>("left");
        QTest::addColumn<QString>("text");
        QTest::newRow("almost nothing") << 1ms << QStringLiteral("1 s");
        QTest::newRow("begun second") << 23'001ms << QStringLiteral("24 s");
        QTest::newRow("minute") << milliseconds(1min) << QStringLiteral("1 m 00 s");
        QTest::newRow("hours") << milliseconds(125min) << QStringLiteral("2 h 05 m");
    }
    void timeLeftIsToldInFullSeconds()
    {
        QFETCH(const milliseconds, left);
        QTEST(countdownText(left), "text");
    }

    void circuitsAreToldInWords_data()
    {
        QTest::addColumn<CircuitView>("circuit");
        QTest::addColumn<Glyph>("glyph");
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("detail");
        QTest::newRow("closed") << CircuitView{} << Glyph::Check << "Circuit closed" << "";
        QTest::newRow("closed, with failures") << CircuitView{.counts = {.calls = 8, .failures = 3}} << Glyph::Check
                                               << "Circuit closed" << "3 of 8 recent calls failed";
        QTest::newRow("open") << CircuitView{.state = CircuitState::Open,
                                             .cause = "failures",
                                             .untilHalfOpen = 23'400ms}
                              << Glyph::Cross << "Circuit open, half-open in 24 s" << "Calls failed too often";
        QTest::newRow("open again") << CircuitView{.state = CircuitState::Open,
                                                   .cause = "probe_failed",
                                                   .untilHalfOpen = 9s}
                                    << Glyph::Cross << "Circuit open, half-open in 9 s" << "A probe failed";
        QTest::newRow("open by hand") << CircuitView{.state = CircuitState::Open,
                                                     .cause = "forced",
                                                     .untilHalfOpen = 5min,
                                                     .cooldown = 3s}
                                      << Glyph::Cross << "Circuit open, half-open in 5 m 00 s" << "Opened by hand";
        QTest::newRow("half-open") << CircuitView{.state = CircuitState::HalfOpen} << Glyph::Caution
                                   << "Circuit half-open" << "The next requests probe it";
        QTest::newRow("pause") << CircuitView{.cooldown = 12s} << Glyph::Bars << "Pausing for 12 s"
                               << "It asked for a pause (429)";
    }
    void circuitsAreToldInWords()
    {
        QFETCH(const CircuitView, circuit);
        const CircuitText text = CircuitText::of(circuit);
        QTEST(text.glyph, "glyph");
        QTEST(text.state, "state");
        QTEST(text.detail, "detail");
    }

    void circuitsOfModelsAreSummedUp()
    {
        const CircuitView closed{.model = "a"};
        const CircuitView open{.model = "b", .state = CircuitState::Open};
        const CircuitView pausing{.model = "c", .cooldown = 2s};
        const auto told = [](const std::vector<CircuitView> &circuits) {
            return CircuitText::ofModels(circuits).state;
        };
        QCOMPARE(told({}), QStringLiteral("No circuit yet"));
        QCOMPARE(told({closed}), QStringLiteral("Circuit closed"));
        QCOMPARE(told({pausing}), QStringLiteral("Pausing for 2 s"));
        QCOMPARE(told({closed, closed}), QStringLiteral("All 2 circuits closed"));
        QCOMPARE(told({closed, open, pausing}), QStringLiteral("1 of 3 circuits open"));
        QCOMPARE(told({closed, pausing}), QStringLiteral("1 of 2 circuits closed"));
    }

    void ordersThatChangeNothingAreNotOffered()
    {
        const CircuitView closed;
        const CircuitView failing{.counts = {.calls = 2, .failures = 1}};
        const CircuitView open{.state = CircuitState::Open};
        const CircuitView halfOpen{.state = CircuitState::HalfOpen};
        const auto possible = [](const CircuitView &circuit) { return PossibleOrders::of(std::span(&circuit, 1)); };
        QCOMPARE(possible(closed), (PossibleOrders{.reset = false, .open = true, .halfOpen = false}));
        QCOMPARE(possible(failing), (PossibleOrders{.reset = true, .open = true, .halfOpen = false}));
        QCOMPARE(possible(open), (PossibleOrders{.reset = true, .open = true, .halfOpen = true}));
        QCOMPARE(possible(halfOpen), (PossibleOrders{.reset = true, .open = true, .halfOpen = false}));
        QCOMPARE(PossibleOrders::of({}), PossibleOrders());
    }

    void trafficKeepsTheNewestCallsAndEachOnce()
    {
        ProviderTraffic traffic;
        const auto call = [](int number) {
            HistoryRecord record = test::sampleRecord(number);
            record.attempts[0].timeToFirstByte = std::chrono::milliseconds(number);
            return record;
        };
        for (int number = 79; number >= 0; --number) // in any order
            traffic.note(call(number), "openai");
        traffic.note(call(79), "openai");
        traffic.note(test::callTo("groq", 0ms), "openai");
        const auto calls = traffic.calls();
        QCOMPARE(calls.size(), ProviderTraffic::kMostCalls);
        QCOMPARE(calls.front().timeToFirstByte, 20ms);
        QCOMPARE(calls.back().timeToFirstByte, 79ms);
        QCOMPARE(traffic.medianTimeToFirstByte(), 50ms);
        QVERIFY(!traffic.lastFailure());
    }

    void attemptsThatWereGivenUpAreNoFailures()
    {
        ProviderTraffic traffic;
        HistoryRecord record = test::failedCallTo("openai", 0ms);
        record.attempts[0].outcome = outcomeLabel(AttemptOutcome::Superseded);
        traffic.note(record, "openai");
        QVERIFY(traffic.calls().empty());
        traffic.note(test::failedCallTo("openai", 10s, 429, "rate_limited"), "openai");
        traffic.note(test::failedCallTo("openai", 30s), "openai"); // is older
        QCOMPARE(traffic.calls().size(), 2U);
        QCOMPARE(traffic.lastFailure()->reason, "rate_limited");
        QCOMPARE(traffic.lastFailure()->status, 429);
    }

    void theLaterFailureIsTold()
    {
        ProviderTraffic traffic;
        traffic.note(test::failedCallTo("openai", 10s, 429, "rate_limited"), "openai");
        const auto now = std::chrono::system_clock::now();
        ProviderFacts facts{.circuits = {{.lastError = "upstream_timeout", .lastErrorAt = now - 1min}},
                            .traffic = traffic};
        QCOMPARE(facts.lastFailure()->reason, "rate_limited");
        facts.circuits[0].lastErrorAt = now;
        QCOMPARE(facts.lastFailure()->reason, "upstream_timeout");
    }

    void filtersFindWhatTheyName_data()
    {
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("filter");
        QTest::newRow("word") << "my-vllm.2" << "provider:my-vllm.2";
        QTest::newRow("spaces") << "my own" << "provider:\"my own\"";
        QTest::newRow("quote") << "a\"b\\c" << "provider:\"a\\\"b\\\\c\"";
        QTest::newRow("comparison") << ">one" << "provider:\">one\"";
        QTest::newRow("empty") << "" << "provider:\"\"";
    }
    void filtersFindWhatTheyName()
    {
        QFETCH(const QString, value);
        const QString filter = equalsFilter(QStringLiteral("provider"), value);
        QTEST(filter, "filter");
        const auto read = readHistoryFilter(filter.toUtf8(), {});
        QVERIFY(read);
        QCOMPARE(read->terms.size(), 1U);
        QCOMPARE(read->terms[0].comparison, HistoryTerm::Comparison::Equal);
        QCOMPARE(QString::fromUtf8(read->terms[0].text), value.toLower());
    }
};

QTEST_GUILESS_MAIN(ProviderFactsTest)
#include "tst_provider_facts.moc"
