// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/attempt.h"
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using namespace std::chrono_literals;
using test::contentChunk;
using test::GatewayInMemory;
using test::Script;

/// Which limit of a provider ends which wait, and what the client reads about it.
class AttemptTimeoutsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void namesTheLimitThatWasReached_data();
    void namesTheLimitThatWasReached();
    void namesTheLimitInsideOfAStream_data();
    void namesTheLimitInsideOfAStream();
    void signsOfLifeAreNoFirstToken();
    void signsOfLifeKeepAStreamAlive();
    void namesTheLimitOfTheConnection_data();
    void namesTheLimitOfTheConnection();
};

namespace {

// One attempt at one provider.
Config single(milliseconds timeout, TimeoutMode mode, milliseconds idleTimeout)
{
    Config config = test::twoProviders();
    config.retry.maxAttempts = 1;
    config.routing.routes.front().fallback.clear();
    config.providers.front().timeout = timeout;
    config.providers.front().timeoutMode = mode;
    config.providers.front().idleTimeout = idleTimeout;
    return config;
}

constexpr milliseconds kShort = 50ms;
constexpr milliseconds kLong = 1h;

} // namespace

void AttemptTimeoutsTest::namesTheLimitThatWasReached_data()
{
    QTest::addColumn<Script>("script");
    QTest::addColumn<Config>("config");
    QTest::addColumn<bool>("stream");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QByteArray>("message");
    const Config firstToken = single(kShort, TimeoutMode::FirstToken, kLong);
    const Config total = single(kShort, TimeoutMode::Total, kLong);
    const Config idle = single(kLong, TimeoutMode::FirstToken, kShort);
    const QByteArray noHead = "provider timed out before it sent response headers (provider 'one', timeout 50 ms)";
    const QByteArray noByte = "provider timed out waiting for first byte (provider 'one', timeout 50 ms)";
    const QByteArray notWhole = "provider timed out before full response completed (provider 'one', timeout 50 ms)";
    const QByteArray nothingMore = "provider sent nothing for too long (provider 'one', idle_timeout 50 ms)";
    const auto row = [](const char *name, const Script &script, const Config &config, bool stream, const char *code,
                        const QByteArray &message) {
        QTest::newRow(name) << script << config << stream << QByteArray(code) << message;
    };
    row("no head", Script::silent(), firstToken, false, "header_timeout", noHead);
    row("no head of a stream", Script::silent(), firstToken, true, "header_timeout", noHead);
    row("no head, total", Script::silent(), total, false, "header_timeout", noHead);
    row("no first byte", std::move(Script().wait()), firstToken, false, "first_byte_timeout", noByte);
    row("no first byte of a stream", std::move(Script().wait()), firstToken, true, "first_byte_timeout", noByte);
    row("only a role", std::move(Script().data(test::kRoleChunk).wait()), firstToken, true, "first_byte_timeout",
        noByte);
    row("no first byte, total", std::move(Script().wait()), total, true, "total_timeout", notWhole);
    row("half an answer, total", std::move(Script().bytes("{").wait()), total, false, "total_timeout", notWhole);
    row("half an answer, idle", std::move(Script().bytes("{").wait()), idle, false, "idle_timeout", nothingMore);
}

void AttemptTimeoutsTest::namesTheLimitThatWasReached()
{
    QFETCH(const Script, script);
    QFETCH(const Config, config);
    QFETCH(const bool, stream);
    QFETCH(const QByteArray, code);
    QFETCH(const QByteArray, message);
    GatewayInMemory gateway({script}, config);
    test::expectFailedAttempts(1);
    if (stream)
        gateway.postStream();
    else
        gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 502);
    QCOMPARE(gateway.error("type"), "upstream_timeout");
    QCOMPARE(gateway.error("code"), code);
    QCOMPARE(gateway.error("message"), message);
    QCOMPARE(gateway.attempts("one", "timeout"), 1);
    QCOMPARE(gateway.transport->alive, 0);
}

void AttemptTimeoutsTest::namesTheLimitInsideOfAStream_data()
{
    QTest::addColumn<Config>("config");
    QTest::addColumn<QByteArray>("message");
    QTest::newRow("idle") << single(kLong, TimeoutMode::FirstToken, kShort)
                          << QByteArray("provider sent nothing for too long (provider 'one', idle_timeout 50 ms)");
    QTest::newRow("total") << single(kShort, TimeoutMode::Total, kLong)
                           << QByteArray("provider timed out before full response completed (provider 'one', "
                                         "timeout 50 ms)");
}

void AttemptTimeoutsTest::namesTheLimitInsideOfAStream()
{
    QFETCH(const Config, config);
    QFETCH(const QByteArray, message);
    GatewayInMemory gateway({std::move(Script().data(contentChunk("a")).wait())}, config);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^stream broke ")));
    gateway.postStream();
    QTRY_VERIFY(gateway.isAnswered());
    QVERIFY(gateway.body().contains("data: {\"error\":{\"message\":\"" + message + "\",\"type\":\"upstream_timeout\""));
    QVERIFY(!gateway.body().contains("[DONE]"));
    QTRY_COMPARE(gateway.requests(502), 1);
}

void AttemptTimeoutsTest::signsOfLifeAreNoFirstToken()
{
    // Comments without end: the limit for the first token still counts.
    Script script;
    for (int i = 0; i < 1000; ++i)
        script.bytes(": wait\n\n");
    GatewayInMemory gateway({std::move(script.wait())}, single(kShort, TimeoutMode::FirstToken, kLong));
    test::expectFailedAttempts(1);
    gateway.postStream();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.error("code"), "first_byte_timeout");
}

void AttemptTimeoutsTest::signsOfLifeKeepAStreamAlive()
{
    Script script;
    script.data(contentChunk("a")).wait().bytes(": alive\n\n").wait().data("[DONE]");
    GatewayInMemory gateway({script}, single(kShort, TimeoutMode::FirstToken, kLong));
    gateway.postStream();
    QTRY_VERIFY(gateway.body().contains("\"a\""));
    gateway.transport->letGo();
    QTRY_VERIFY(gateway.body().contains(": alive"));
    gateway.transport->letGo();
    QTRY_VERIFY(gateway.body().endsWith("data: [DONE]\n\n")); // `timeout` ends with the first token
}

void AttemptTimeoutsTest::namesTheLimitOfTheConnection_data()
{
    QTest::addColumn<std::optional<milliseconds>>("own");
    QTest::addColumn<QByteArray>("key");
    QTest::newRow("connect_timeout") << std::optional<milliseconds>() << QByteArray("connect_timeout 30000 ms");
    QTest::newRow("timeouts.connect") << std::optional<milliseconds>(7ms) << QByteArray("timeouts.connect 7 ms");
}

void AttemptTimeoutsTest::namesTheLimitOfTheConnection()
{
    QFETCH(const std::optional<milliseconds>, own);
    QFETCH(const QByteArray, key);
    Config config = single(kLong, TimeoutMode::FirstToken, kLong);
    config.providers.front().timeouts.connect = own;
    const Error error{.kind = ErrorKind::UpstreamTimeout, .reason = "connect_timeout", .message = "no connection"};
    GatewayInMemory gateway({Script::failing(error)}, config);
    test::expectFailedAttempts(1);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.transport->requests.front().connectTimeout, own.value_or(30s));
    QCOMPARE(gateway.error("code"), "connect_timeout");
    QCOMPARE(gateway.error("message"), "no connection (provider 'one', " + key + ")");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::AttemptTimeoutsTest)
#include "tst_attempt_timeouts.moc"
