// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/resilience/http_date.h"

#include <QByteArray>
#include <QTest>

using namespace lunargate;
using namespace std::chrono;

class TestHttpDate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsTheThreeForms_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("unixSeconds");
        const auto row = [](const char *scenario, const char *text, qint64 unixSeconds) {
            QTest::newRow(scenario) << QByteArray(text) << unixSeconds;
        };
        // The example of RFC 9110 section 5.6.7 in its three spellings.
        row("IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", 784111777);
        row("RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT", 784111777);
        row("asctime", "Sun Nov  6 08:49:37 1994", 784111777);
        row("asctime, two digits", "Wed Nov 16 08:49:37 1994", 784975777);
        row("blanks around", " Sun, 06 Nov 1994 08:49:37 GMT ", 784111777);
        row("leap day", "Thu, 29 Feb 2024 00:00:00 GMT", 1709164800);
        row("leap second", "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800);
        // Now is 2025.
        row("RFC 850, this century", "Friday, 06-Nov-26 08:49:37 GMT", 1793954977);
        row("RFC 850, in less than 50 years", "Tuesday, 06-Nov-74 08:49:37 GMT", 3308719777);
        row("RFC 850, in more than 50 years", "Saturday, 06-Nov-76 08:49:37 GMT", 216118177);
    }

    void readsTheThreeForms()
    {
        QFETCH(QByteArray, text);
        const auto date = parseHttpDate(text, kNow);
        QVERIFY(date);
        QTEST(qint64{date->time_since_epoch().count()}, "unixSeconds");
    }

    void refusesAnythingElse_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const char *text :
             {"", "soon", "120", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 6 Nov 1994 08:49:37 GMT",
              "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
              "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Now 1994 08:49:37 GMT", "Foo, 06 Nov 1994 08:49:37 GMT",
              "Sun 06 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT",
              "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun Nov  6 08:49:37 94", "Sun, 06 Nov -994 08:49:37 GMT",
              "2026-11-06T08:49:37Z"})
            QTest::newRow(*text ? text : "empty") << QByteArray(text);
        QTest::newRow("endless") << QByteArray(100'000, 'S');
    }

    void refusesAnythingElse()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!parseHttpDate(text, kNow));
    }

private:
    static constexpr sys_seconds kNow = sys_days{2025y / June / 15};
};

QTEST_APPLESS_MAIN(TestHttpDate)
#include "tst_http_date.moc"
