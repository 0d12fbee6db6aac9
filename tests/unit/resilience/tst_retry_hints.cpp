// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/header_list.h"
#include "gateway/resilience/retry_hints.h"

#include <QTest>

using namespace lunargate;
using namespace std::chrono;

class TestRetryHints : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsTheWait_data()
    {
        QTest::addColumn<QByteArray>("retryAfter");
        QTest::addColumn<QByteArray>("retryAfterMs");
        QTest::addColumn<qint64>("wait"); // -1: none
        const auto row = [](const char *scenario, const char *retryAfter, const char *retryAfterMs, qint64 wait) {
            QTest::newRow(scenario) << QByteArray(retryAfter) << QByteArray(retryAfterMs) << wait;
        };
        row("nothing", nullptr, nullptr, -1);
        row("seconds", "2", nullptr, 2000);
        row("no time at all", "0", nullptr, 0);
        row("fraction", "1.5", nullptr, 1500);
        row("fraction of a millisecond is rounded up", "0.0001", nullptr, 1);
        row("blanks around", " 2 ", nullptr, 2000);
        row("milliseconds", nullptr, "250", 250);
        row("milliseconds with fraction", nullptr, "250.5", 251);
        row("milliseconds win", "9", "250", 250);
        row("garbled milliseconds do not win", "9", "x", 9000);
        row("date", "Sun, 15 Jun 2025 12:00:30 GMT", nullptr, 29'500);
        row("date in the past", "Sun, 15 Jun 2025 11:59:00 GMT", nullptr, -1);
        row("negative", "-1", nullptr, -1);
        row("negative milliseconds", nullptr, "-1", -1);
        row("garbage", "soon", nullptr, -1);
        row("empty", "", nullptr, -1);
        row("only a point", ".", nullptr, -1);
        row("two points", "1.2.3", nullptr, -1);
        row("exponent", "1e3", nullptr, -1);
        row("infinite", "inf", nullptr, -1);
        row("not a number", "nan", nullptr, -1);
        row("unit", "10s", nullptr, -1);
        row("endless is a year", "99999999999999999999999999", nullptr, qint64{365} * 24 * 3600 * 1000);
    }

    void readsTheWait()
    {
        QFETCH(QByteArray, retryAfter);
        QFETCH(QByteArray, retryAfterMs);
        HeaderList headers;
        if (!retryAfter.isNull())
            headers.add("Retry-After", retryAfter);
        if (!retryAfterMs.isNull())
            headers.add("Retry-After-Ms", retryAfterMs);
        const RetryHints hints = readRetryHints(headers, kNow);
        QTEST(hints.retryAfter ? qint64{hints.retryAfter->count()} : qint64{-1}, "wait");
    }

    void readsWhetherToRetry_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<int>("shouldRetry"); // -1: not said
        QTest::newRow("true") << QByteArray("true") << 1;
        QTest::newRow("false") << QByteArray("false") << 0;
        QTest::newRow("capitals") << QByteArray("False") << 0;
        QTest::newRow("something else") << QByteArray("maybe") << -1;
        QTest::newRow("empty") << QByteArray("") << -1;
    }

    void readsWhetherToRetry()
    {
        QFETCH(QByteArray, value);
        const RetryHints hints = readRetryHints({{"X-Should-Retry", value}}, kNow);
        QTEST(hints.shouldRetry ? int{*hints.shouldRetry} : -1, "shouldRetry");
    }

private:
    static constexpr system_clock::time_point kNow = sys_days{2025y / June / 15} + 12h + 500ms;
};

QTEST_APPLESS_MAIN(TestRetryHints)
#include "tst_retry_hints.moc"
