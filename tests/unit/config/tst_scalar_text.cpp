// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/scalar_text.h"

#include <QTest>

using namespace lunargate;
using std::chrono::milliseconds;

class ScalarTextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsDurations_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("expected");
        const auto row = [](const char *text, qint64 expected) { QTest::newRow(text) << QByteArray(text) << expected; };
        row("500ms", 500);
        row("30s", 30'000);
        row("1h30m", 5'400'000);
        row("1.5s", 1500);
        row("1d12h", 129'600'000);
        row("1.1s", 1100);
        row("2m", 120'000);
        row("1h2m3s4ms", 3'723'004);
        row("0", 0);
        row("0s", 0);
        row("0.0", 0);
        row(" 30s ", 30'000);
        row("30 s", 30'000);
        row("30S", 30'000);
        row("+5s", 5000);
        row("-5s", -5000);
        row(".5s", 500);
        row("1500us", 2);
        row("1ns", 1);
        row("250\xC2\xB5s", 1);
        row("2000\xCE\xBCs", 2);
        row("87600h", 315'360'000'000);
    }
    void readsDurations()
    {
        QFETCH(QByteArray, text);
        const auto duration = parseDuration(text);
        QVERIFY(duration.has_value());
        QTEST(static_cast<qint64>(duration->count()), "expected");
    }

    void refusesDurations_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("error");
        const auto row = [](const char *name, const char *text, DurationError error) {
            QTest::newRow(name) << QByteArray(text) << static_cast<int>(error);
        };
        row("bare number", "30", DurationError::MissingUnit);
        row("bare fraction", "1.5", DurationError::MissingUnit);
        row("last unit missing", "1h30", DurationError::MissingUnit);
        row("empty", "", DurationError::Malformed);
        row("blank", "  ", DurationError::Malformed);
        row("sign alone", "-", DurationError::Malformed);
        row("unit alone", "s", DurationError::Malformed);
        row("unknown unit", "3w", DurationError::Malformed);
        row("word", "soon", DurationError::Malformed);
        row("two dots", "1.2.3s", DurationError::Malformed);
        row("exponent", "1e3s", DurationError::Malformed);
        row("eleven years", "96426h", DurationError::OutOfRange);
        row("beyond all numbers", "99999999999999999999999999999999h", DurationError::OutOfRange);
    }
    void refusesDurations()
    {
        QFETCH(QByteArray, text);
        const auto duration = parseDuration(text);
        QVERIFY(!duration.has_value());
        QTEST(static_cast<int>(duration.error()), "error");
    }

    void readsSizes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("expected"); // -1: refused
        const auto row = [](const char *text, qint64 expected) { QTest::newRow(text) << QByteArray(text) << expected; };
        row("0", 0);
        row("65536", 65536);
        row("64KiB", 65536);
        row("10MiB", 10'485'760);
        row("1GiB", 1'073'741'824);
        row("10mib", 10'485'760);
        row("1.5KiB", 1536);
        row("10 MB", 10'000'000);
        row("2kB", 2000);
        row("1GB", 1'000'000'000);
        row("7B", 7);
        row("1.3B", -1);
        row("10M", -1);
        row("MiB", -1);
        row("much", -1);
        row("9999999999GiB", -1);
    }
    void readsSizes()
    {
        QFETCH(QByteArray, text);
        QTEST(parseSize(text).value_or(-1), "expected");
    }

    void readsIntegers_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QVariant>("expected"); // invalid: refused
        const auto row = [](const char *text, QVariant expected) {
            QTest::newRow(text) << QByteArray(text) << expected;
        };
        row("3", 3LL);
        row(" 3 ", 3LL);
        row("-3", -3LL);
        row("+3", 3LL);
        row("3.0", 3LL);
        row("1e3", 1000LL);
        row("010", 10LL);
        row("10_000", 10000LL);
        row("0x1F", 31LL);
        row("0o17", 15LL);
        row("0b101", 5LL);
        row("9223372036854775807", 9223372036854775807LL);
        row("3.5", QVariant());
        row("", QVariant());
        row("-", QVariant());
        row("--3", QVariant());
        row("0x-5", QVariant());
        row("1_", QVariant());
        row("_1", QVariant());
        row("3 4", QVariant());
        row("three", QVariant());
        row("true", QVariant());
        row("9223372036854775808", QVariant());
        row("1e300", QVariant());
    }
    void readsIntegers()
    {
        QFETCH(QByteArray, text);
        const std::optional<qint64> number = parseInteger(text);
        QTEST(number ? QVariant(*number) : QVariant(), "expected");
    }

    void readsNumbers_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QVariant>("expected");
        const auto row = [](const char *text, QVariant expected) {
            QTest::newRow(text) << QByteArray(text) << expected;
        };
        row("1", 1.0);
        row("0.2", 0.2);
        row(".5", 0.5);
        row("-1.5", -1.5);
        row("+2", 2.0);
        row("1e3", 1000.0);
        row("+-2", QVariant());
        row("nan", QVariant());
        row("inf", QVariant());
        row("1,5", QVariant());
        row("", QVariant());
    }
    void readsNumbers()
    {
        QFETCH(QByteArray, text);
        const std::optional<double> number = parseNumber(text);
        QTEST(number ? QVariant(*number) : QVariant(), "expected");
    }

    void readsBooleans_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QVariant>("expected");
        for (const char *yes : {"true", "True", "TRUE", "yes", "on", "1", " true "})
            QTest::newRow(yes) << QByteArray(yes) << QVariant(true);
        for (const char *no : {"false", "no", "Off", "0"})
            QTest::newRow(no) << QByteArray(no) << QVariant(false);
        for (const char *neither : {"", "2", "y", "enabled"})
            QTest::newRow(neither) << QByteArray(neither) << QVariant();
    }
    void readsBooleans()
    {
        QFETCH(QByteArray, text);
        const std::optional<bool> value = parseBoolean(text);
        QTEST(value ? QVariant(*value) : QVariant(), "expected");
    }

    void splitsAtCommas()
    {
        QCOMPARE(splitAtCommas("a, b ,,c,"), (std::vector<QByteArray>{"a", "b", "c"}));
        QCOMPARE(splitAtCommas(" "), std::vector<QByteArray>());
    }

    void showsValuesAsTheyAreWritten()
    {
        QCOMPARE(formatDuration(milliseconds(0)), "0s");
        QCOMPARE(formatDuration(milliseconds(1500)), "1500ms");
        QCOMPARE(formatDuration(milliseconds(90'000)), "90s");
        QCOMPARE(formatDuration(milliseconds(600'000)), "10m");
        QCOMPARE(formatDuration(milliseconds(3'600'000)), "1h");
        QCOMPARE(formatSize(65536), "64KiB");
        QCOMPARE(formatSize(10'485'760), "10MiB");
        QCOMPARE(formatSize(1000), "1000");
        QCOMPARE(formatSize(0), "0");
        QCOMPARE(formatNumber(0.2), "0.2");
        QCOMPARE(formatNumber(2), "2");
    }
};

QTEST_GUILESS_MAIN(ScalarTextTest)
#include "tst_scalar_text.moc"
