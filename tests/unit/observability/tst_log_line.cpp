// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/log_line.h"

#include "gateway/json/document.h"
#include "gateway/observability/redaction.h"

#include <QTest>

#include <limits>
#include <time.h>

using namespace lunargate;

namespace {

// 2026-04-12T08:00:00.123Z
constexpr qint64 kTime = 1'775'980'800'123;

LogLine line(QByteArrayView message, std::span<const LogField> fields = {})
{
    return {.level = LogLevel::Info, .milliseconds = kTime, .category = "http", .message = message, .fields = fields};
}

/// The rendered line without what comes before the message.
QByteArray consoleText(QByteArrayView message, std::span<const LogField> fields = {})
{
    const QByteArray text = renderConsole(line(message, fields), false);
    return text.sliced(text.indexOf("] ") + 2);
}

} // namespace

class tst_log_line : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        // Two hours east of Greenwich, as POSIX writes it.
        qputenv("TZ", "XST-02:00");
        tzset();
    }
    void init() { QTest::failOnWarning(); }

    void consoleLineHasTimeLevelAndCategory();
    void levelsHaveNames_data();
    void levelsHaveNames();
    void coloursOnlyTheLevel();
    void millisecondsAreNotTakenFromTheLastLine();
    void consoleQuotesFieldsThatNeedIt_data();
    void consoleQuotesFieldsThatNeedIt();
    void consoleStaysOnOneLine_data();
    void consoleStaysOnOneLine();
    void jsonLineIsOneObject();
    void jsonEscapesEverything_data();
    void jsonEscapesEverything();
    void jsonHasNoNumbersThatJsonCannotSay();
    void secretsAreReplacedInMessageAndFields();
    void longTextsAreCut();
};

void tst_log_line::consoleLineHasTimeLevelAndCategory()
{
    const LogField fields[] = {{"address", "127.0.0.1:8080"}, {"workers", 4}, {"tls", false}, {"load", 0.25}};
    QCOMPARE(renderConsole(line("gateway listening", fields), false),
             QByteArray("2026-04-12T10:00:00.123+02:00 INFO  [http] gateway listening address=127.0.0.1:8080 workers=4 "
                        "tls=false load=0.25\n"));
}

void tst_log_line::levelsHaveNames_data()
{
    QTest::addColumn<int>("level");
    QTest::addColumn<QByteArray>("console");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](LogLevel level, const char *console, const char *json) {
        QTest::newRow(json) << int(level) << QByteArray(console) << QByteArray(json);
    };
    row(LogLevel::Trace, " TRACE [", "trace");
    row(LogLevel::Debug, " DEBUG [", "debug");
    row(LogLevel::Info, " INFO  [", "info");
    row(LogLevel::Warning, " WARN  [", "warn");
    row(LogLevel::Error, " ERROR [", "error");
}

void tst_log_line::levelsHaveNames()
{
    QFETCH(const int, level);
    QFETCH(const QByteArray, console);
    QFETCH(const QByteArray, json);
    LogLine any = line("text");
    any.level = LogLevel(level);
    QVERIFY(renderConsole(any, false).contains(console));
    QVERIFY(renderJson(any).startsWith(R"({"level":")" + json + R"(",)"));
}

void tst_log_line::coloursOnlyTheLevel()
{
    QCOMPARE(renderConsole(line("text"), true),
             QByteArray("2026-04-12T10:00:00.123+02:00 \x1b[32mINFO \x1b[0m [http] text\n"));
}

void tst_log_line::millisecondsAreNotTakenFromTheLastLine()
{
    LogLine any = line("text");
    QVERIFY(renderConsole(any, false).startsWith("2026-04-12T10:00:00.123+02:00 "));
    any.milliseconds += 1;
    QVERIFY(renderConsole(any, false).startsWith("2026-04-12T10:00:00.124+02:00 "));
    any.milliseconds += 1000 - 124;
    QVERIFY(renderConsole(any, false).startsWith("2026-04-12T10:00:01.000+02:00 "));
}

void tst_log_line::consoleQuotesFieldsThatNeedIt_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("plain") << QByteArray("openai/gpt-4o") << QByteArray("openai/gpt-4o");
    QTest::newRow("empty") << QByteArray() << QByteArray(R"("")");
    QTest::newRow("space") << QByteArray("two words") << QByteArray(R"("two words")");
    QTest::newRow("looks like a field") << QByteArray("a status=200") << QByteArray(R"("a status=200")");
    QTest::newRow("quote") << QByteArray("a\"b") << QByteArray(R"("a\"b")");
    QTest::newRow("backslash") << QByteArray("a\\b") << QByteArray(R"("a\\b")");
    QTest::newRow("line end") << QByteArray("a\nb") << QByteArray(R"("a\nb")");
    QTest::newRow("not ASCII") << QByteArray("größer") << QByteArray("\"größer\"");
}

void tst_log_line::consoleQuotesFieldsThatNeedIt()
{
    QFETCH(const QByteArray, value);
    QFETCH(const QByteArray, expected);
    const LogField fields[] = {{"key", value}};
    QCOMPARE(consoleText("text", fields), "text key=" + expected + '\n');
}

void tst_log_line::consoleStaysOnOneLine_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("line ends") << QByteArray("a\r\n2026 ERROR forged") << QByteArray("a\\r\\n2026 ERROR forged\n");
    QTest::newRow("tab") << QByteArray("a\tb") << QByteArray("a\\tb\n");
    QTest::newRow("terminal") << QByteArray("a\x1b[2Jb") << QByteArray("a\\x1b[2Jb\n");
    QTest::newRow("zero") << QByteArray("a\0b", 3) << QByteArray("a\\x00b\n");
    QTest::newRow("delete") << QByteArray("a\x7f") << QByteArray("a\\x7f\n");
    QTest::newRow("eight-bit control") << QByteArray("a\xc2\x9b"
                                                     "b")
                                       << QByteArray("a\\x9bb\n");
    QTest::newRow("not UTF-8") << QByteArray("a\xff") << QByteArray("a\xef\xbf\xbd\n");
    QTest::newRow("UTF-8") << QByteArray("größer \xc2\xa0") << QByteArray("größer \xc2\xa0\n");
}

void tst_log_line::consoleStaysOnOneLine()
{
    QFETCH(const QByteArray, message);
    QFETCH(const QByteArray, expected);
    QCOMPARE(consoleText(message), expected);
}

void tst_log_line::jsonLineIsOneObject()
{
    const LogField fields[] = {{"provider", "openai"}, {"attempts", 2}, {"fallback", true}, {"duration_ms", 12.5}};
    QCOMPARE(renderJson(line("request completed", fields)),
             QByteArray(R"({"level":"info","time":"2026-04-12T10:00:00.123+02:00","category":"http",)"
                        R"("message":"request completed","provider":"openai","attempts":2,"fallback":true,)"
                        R"("duration_ms":12.5})"
                        "\n"));
}

void tst_log_line::jsonEscapesEverything_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("quote and line end") << QByteArray("a\"\n{\"level\":\"error\"}")
                                        << QByteArray(R"(a\"\n{\"level\":\"error\"})");
    QTest::newRow("terminal") << QByteArray("a\x1b[2J\x7f\xc2\x9b") << QByteArray(R"(a\u001b[2J\u007f\u009b)");
    QTest::newRow("not UTF-8") << QByteArray("a\xff") << QByteArray("a\xef\xbf\xbd");
}

void tst_log_line::jsonEscapesEverything()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, expected);
    const LogField fields[] = {{"key", text}};
    const QByteArray json = renderJson(line(text, fields));
    QCOMPARE(json.count('\n'), 1);
    QVERIFY2(json.endsWith(R"("message":")" + expected + R"(","key":")" + expected + "\"}\n"), json.constData());
}

void tst_log_line::jsonHasNoNumbersThatJsonCannotSay()
{
    const LogField fields[] = {{"rate", std::numeric_limits<double>::infinity()},
                               {"bytes", std::numeric_limits<qint64>::max()}};
    QVERIFY(renderJson(line("text", fields)).endsWith("\"rate\":null,\"bytes\":9223372036854775807}\n"));
}

void tst_log_line::secretsAreReplacedInMessageAndFields()
{
    const QByteArray secret = "canary\"log\\line";
    registerSecret(SecretString(secret));
    const LogField fields[] = {{"key", secret}, {"header", "Bearer abcdefgh"}};
    QCOMPARE(consoleText("the key " + secret, fields), QByteArray("the key *** key=*** header=\"Bearer ***\"\n"));
    QVERIFY(renderJson(line("the key " + secret, fields))
                .endsWith(R"("message":"the key ***","key":"***","header":"Bearer ***"})"
                          "\n"));
}

void tst_log_line::longTextsAreCut()
{
    registerSecret(SecretString("canary-at-the-cut"));
    const QByteArray text = QByteArray(16 * 1024 - 8, 'x') + "canary-at-the-cut" + QByteArray(100'000, 'y');
    const QByteArray console = consoleText(text);
    QVERIFY(console.size() < 17 * 1024);
    QVERIFY(console.endsWith("yyy...\n"));
    QVERIFY(!console.contains("canary"));
}

QTEST_APPLESS_MAIN(tst_log_line)
#include "tst_log_line.moc"
