// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/logging.h"

#include "gateway/json/document.h"
#include "gateway/observability/redaction.h"
#include "tests/unit/observability/standard_error_capture.h"

#include <QTest>

#include <thread>

using namespace lunargate;
using namespace lunargate::test;

Q_LOGGING_CATEGORY(foreignLog, "foreign.library")

class tst_logging : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { qunsetenv("QT_LOGGING_RULES"); }
    void init() { QTest::failOnWarning(); }

    void beforeInstallationQtGetsTheEvents(); // has to stay the first
    void levelsChooseWhatIsWritten_data();
    void levelsChooseWhatIsWritten();
    void whatIsRemotelyControlledIsToldAtEveryLevel();
    void otherLibrariesAreHeardFromWarningsOn();
    void qtMessagesAndEventsLookAlike();
    void formatChangesWhileRunning();
    void noColoursIntoAFile();
    void canaryKeysReachNoSink_data();
    void canaryKeysReachNoSink();
    void linesOfThreadsNeverMix_data();
    void linesOfThreadsNeverMix();
};

void tst_logging::beforeInstallationQtGetsTheEvents()
{
    QTest::ignoreMessage(QtWarningMsg, "provider is slow provider=openai");
    logEvent(upstreamLog(), LogLevel::Warning, "provider is slow", {{"provider", "openai"}});
}

void tst_logging::levelsChooseWhatIsWritten_data()
{
    QTest::addColumn<int>("level");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("trace") << int(LogLevel::Trace) << QByteArray("TRACE DEBUG INFO WARN ERROR");
    QTest::newRow("debug") << int(LogLevel::Debug) << QByteArray("DEBUG INFO WARN ERROR");
    QTest::newRow("info") << int(LogLevel::Info) << QByteArray("INFO WARN ERROR");
    QTest::newRow("warning") << int(LogLevel::Warning) << QByteArray("WARN ERROR");
    QTest::newRow("error") << int(LogLevel::Error) << QByteArray("ERROR");
    QTest::newRow("disabled") << int(LogLevel::Disabled) << QByteArray();
}

void tst_logging::levelsChooseWhatIsWritten()
{
    QFETCH(const int, level);
    QFETCH(const QByteArray, expected);

    StandardErrorCapture capture;
    installLogging(LogLevel(level), LogFormat::Console);
    for (const LogLevel each :
         {LogLevel::Trace, LogLevel::Debug, LogLevel::Info, LogLevel::Warning, LogLevel::Error, LogLevel::Disabled}) {
        const qsizetype before = capture.lines().size();
        logEvent(httpLog(), each, "text");
        QCOMPARE(capture.lines().size() - before, isLogEnabled(httpLog(), each) ? 1 : 0);
    }
    QByteArrayList written;
    for (const QByteArray &line : capture.lines())
        written.append(line.split(' ').at(1));
    QCOMPARE(written.join(' '), expected);
}

void tst_logging::whatIsRemotelyControlledIsToldAtEveryLevel()
{
    StandardErrorCapture capture;
    for (const LogLevel level : {LogLevel::Warning, LogLevel::Error, LogLevel::Disabled}) {
        installLogging(level, LogFormat::Console);
        logEvent(remoteControlLog(), LogLevel::Info, "remote command");
    }
    QCOMPARE(capture.lines().size(), 2);
    QVERIFY(capture.lines().first().endsWith(" INFO  [remote_control] remote command"));
}

void tst_logging::otherLibrariesAreHeardFromWarningsOn()
{
    StandardErrorCapture capture;
    installLogging(LogLevel::Trace, LogFormat::Console);
    qCDebug(foreignLog) << "chatter";
    qCInfo(foreignLog) << "chatter";
    qCWarning(foreignLog) << "trouble";
    setLogging(LogLevel::Error, LogFormat::Console);
    qCWarning(foreignLog) << "small trouble";
    const QByteArrayList lines = capture.lines();
    QCOMPARE(lines.size(), 1);
    QVERIFY(lines.first().endsWith(" WARN  [foreign.library] trouble"));
}

void tst_logging::qtMessagesAndEventsLookAlike()
{
    StandardErrorCapture capture;
    installLogging(LogLevel::Info, LogFormat::Console);
    qCWarning(httpLog, "größer\nthan expected");
    logEvent(httpLog(), LogLevel::Warning, "größer\nthan expected");
    const QByteArrayList lines = capture.lines();
    QCOMPARE(lines.size(), 2);
    const qsizetype afterTime = lines[0].indexOf(' ');
    QCOMPARE(lines[0].sliced(afterTime), QByteArray(" WARN  [http] größer\\nthan expected"));
    QCOMPARE(lines[1].sliced(afterTime), lines[0].sliced(afterTime));
}

void tst_logging::formatChangesWhileRunning()
{
    StandardErrorCapture capture;
    installLogging(LogLevel::Info, LogFormat::Console);
    logEvent(appLog(), LogLevel::Info, "one");
    setLogging(LogLevel::Info, LogFormat::Json);
    logEvent(appLog(), LogLevel::Info, "two", {{"count", 2}});
    setLogging(LogLevel::Info, LogFormat::Console);
    logEvent(appLog(), LogLevel::Info, "three");
    const QByteArrayList lines = capture.lines();
    QCOMPARE(lines.size(), 3);
    QVERIFY(lines[0].endsWith(" INFO  [app] one"));
    const QByteArray begin = R"({"level":"info","time":")";
    const QByteArray end = R"("category":"app","message":"two","count":2})";
    QVERIFY(lines[1].startsWith(begin) && lines[1].endsWith(end));
    QVERIFY(lines[2].endsWith(" INFO  [app] three"));
}

void tst_logging::noColoursIntoAFile()
{
    qunsetenv("NO_COLOR");
    StandardErrorCapture capture;
    installLogging(LogLevel::Info, LogFormat::Console);
    logEvent(appLog(), LogLevel::Error, "text");
    QVERIFY(!capture.text().contains('\x1b'));
}

void tst_logging::canaryKeysReachNoSink_data()
{
    QTest::addColumn<int>("format");
    QTest::newRow("console") << int(LogFormat::Console);
    QTest::newRow("json") << int(LogFormat::Json);
}

void tst_logging::canaryKeysReachNoSink()
{
    QFETCH(const int, format);
    const QByteArray canary = "CANARY+4711/key==";
    registerSecret(SecretString(canary));

    StandardErrorCapture capture;
    installLogging(LogLevel::Trace, LogFormat(format));
    logEvent(upstreamLog(), LogLevel::Trace, canary, {{"key", canary}});
    logEvent(upstreamLog(), LogLevel::Debug, "sending", {{"header", "Bearer " + canary}});
    logEvent(upstreamLog(), LogLevel::Error, "url", {{"url", "https://host/?key=" + canary.toPercentEncoding()}});
    qCWarning(upstreamLog) << "quoted by QDebug" << canary << QString::fromUtf8(canary);
    qCDebug(upstreamLog, "plain %s", canary.constData());
    const QByteArray text = capture.text();
    QCOMPARE(capture.lines().size(), 5);
    QVERIFY2(!text.contains("CANARY"), text.constData());
    QVERIFY(!text.contains("4711"));
    QCOMPARE(text.count("***"), 7);
}

void tst_logging::linesOfThreadsNeverMix_data()
{
    canaryKeysReachNoSink_data();
}

void tst_logging::linesOfThreadsNeverMix()
{
    QFETCH(const int, format);
    constexpr int kThreads = 4;
    constexpr int kLines = 200;

    StandardErrorCapture capture;
    installLogging(LogLevel::Info, LogFormat(format));
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([thread, format] {
            const QByteArray text(5'000, static_cast<char>('a' + thread));
            for (int i = 0; i < kLines; ++i) {
                setLogging(LogLevel::Info, LogFormat(format));
                logEvent(httpLog(), LogLevel::Info, "line", {{"text", text}, {"end", i}});
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();

    const QByteArrayList lines = capture.lines();
    QCOMPARE(lines.size(), kThreads * kLines);
    for (const QByteArray &line : lines) {
        const char letter = line.at(line.size() / 2);
        QVERIFY(letter >= 'a' && letter < 'a' + kThreads);
        QVERIFY(line.contains(QByteArray(5'000, letter)));
        QVERIFY(line.size() < 5'200);
        if (LogFormat(format) == LogFormat::Json)
            QVERIFY(json::Document::parse(line).has_value());
    }
}

QTEST_GUILESS_MAIN(tst_logging)
#include "tst_logging.moc"
