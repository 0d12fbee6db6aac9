// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using test::contentChunk;
using test::expectFailedAttempts;
using test::GatewayInMemory;
using test::Script;
using test::transportError;

/// Retries and fallbacks, from a client's request to its answer, with providers that are scripts.
class TryTargetsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void asksTheTargetOnce();
    void retriesPassingTrouble_data();
    void retriesPassingTrouble();
    void fallsBackWithTheFallbacksOwnModel();
    void givesEachTargetAttemptsOfItsOwn();
    void fallsBackAtOnceWhereARetryIsOfNoUse_data();
    void fallsBackAtOnceWhereARetryIsOfNoUse();
    void givesUpOnTheClientsOwnMistakes();
    void blamesNoProviderForTheClientsMistakes();
    void tellsTheLastFailureWhenNothingHelps();
    void tellsWhatATargetSaidRatherThanThatOneWasNotAsked_data();
    void tellsWhatATargetSaidRatherThanThatOneWasNotAsked();
    void tellsOfFallbacksThatFailed();
    void retriesNothingWhenTheClientForbidsIt();
    void fallsBackBeforeTheFirstUsefulEvent_data();
    void fallsBackBeforeTheFirstUsefulEvent();
    void neverTriesAgainOnceTheClientHasAPart();
    void forgetsWhatAFailedStreamSaid();
    void skipsProvidersThatItCannotCall();
    void readsErrorBodiesWithinALimit();
    void refusesAnswersThatItCannotRead_data();
    void refusesAnswersThatItCannotRead();
};

namespace {

QByteArrayList urls(const GatewayInMemory &gateway)
{
    QByteArrayList result;
    for (const UpstreamRequest &request : gateway.transport->requests)
        result.append(request.url.host().toUtf8());
    return result;
}

Script whole(QByteArray body = test::kWholeAnswer)
{
    return std::move(Script().bytes(std::move(body)));
}

Script status(int code, QByteArray body = R"({"error":{"message":"m","type":"t"}})")
{
    return std::move(Script(code).bytes(std::move(body)));
}

} // namespace

void TryTargetsTest::asksTheTargetOnce()
{
    GatewayInMemory gateway({whole()});
    gateway.post(R"({"model":"m1","messages":[],"seed":12345678901234567890})");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(gateway.body(), test::kWholeAnswer);
    QCOMPARE(gateway.transport->requests.size(), 1);
    const UpstreamRequest &request = gateway.transport->requests.front();
    QCOMPARE(request.url.toEncoded(), "http://one.test/v1/chat/completions");
    QCOMPARE(request.body, R"({"model":"m1","messages":[],"seed":12345678901234567890})");
    QCOMPARE(request.headers.value("Authorization"), "Bearer sk-canary-one");
    QCOMPARE(gateway.transport->alive, 0);
    QCOMPARE(gateway.attempts("one", "success"), 1);
    QCOMPARE(gateway.requests(200), 1);
}

void TryTargetsTest::retriesPassingTrouble_data()
{
    QTest::addColumn<Script>("trouble");
    QTest::addColumn<QByteArray>("outcome");
    QTest::newRow("connection broke") << Script::failing(transportError()) << QByteArray("transport");
    QTest::newRow("connection broke in the answer")
        << std::move(Script().bytes("{").fail(transportError())) << QByteArray("transport");
    QTest::newRow("503") << status(503) << QByteArray("server_error");
    QTest::newRow("429") << status(429) << QByteArray("rate_limited");
    QTest::newRow("503 whose body breaks")
        << std::move(Script(503).fail(transportError())) << QByteArray("server_error");
    QTest::newRow("no JSON") << whole("<html>") << QByteArray("protocol");
    QTest::newRow("529") << status(529) << QByteArray("server_error");
    QTest::newRow("no choice") << whole(R"({"choices":[]})") << QByteArray("protocol");
    QTest::newRow("an error with status 200")
        << whole(R"({"error":{"code":503,"message":"m"}})") << QByteArray("server_error");
}

void TryTargetsTest::retriesPassingTrouble()
{
    QFETCH(const Script, trouble);
    QFETCH(const QByteArray, outcome);
    GatewayInMemory gateway({trouble, trouble, whole()});
    expectFailedAttempts(2);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(urls(gateway), (QByteArrayList{"one.test", "one.test", "one.test"}));
    QCOMPARE(gateway.header("X-LunarGate-Attempts"), "3");
    QCOMPARE(gateway.header("X-LunarGate-Fallback-Used"), "");
    QCOMPARE(gateway.attempts("one", outcome), 2);
    QCOMPARE(gateway.attempts("one", "success"), 1);
    QCOMPARE(gateway.requests(200), 1);
    QCOMPARE(gateway.metrics().sum("ai_router_requests_total"), 1);
    QCOMPARE(gateway.transport->alive, 0);
}

void TryTargetsTest::fallsBackWithTheFallbacksOwnModel()
{
    GatewayInMemory gateway({status(503), status(503), status(503), whole()});
    expectFailedAttempts(3);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(urls(gateway), (QByteArrayList{"one.test", "one.test", "one.test", "two.test"}));
    QCOMPARE(gateway.transport->requests.back().body, R"({"model":"m2","messages":[]})");
    QCOMPARE(gateway.transport->requests.back().headers.value("Authorization"), "Bearer sk-canary-two");
    QCOMPARE(gateway.header("X-LunarGate-Provider"), "two");
    QCOMPARE(gateway.header("X-LunarGate-Model"), "two/m2");
    QCOMPARE(gateway.header("X-LunarGate-Attempts"), "4");
    QCOMPARE(gateway.header("X-LunarGate-Fallback-Used"), "true");
    QCOMPARE(gateway.metrics().value("ai_router_fallbacks_used_total"), 1);
}

void TryTargetsTest::givesEachTargetAttemptsOfItsOwn()
{
    GatewayInMemory gateway({status(503), status(503), status(503), status(503), status(503), whole()});
    expectFailedAttempts(5);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(gateway.header("X-LunarGate-Attempts"), "6");
    QCOMPARE(gateway.attempts("one", "server_error"), 3);
    QCOMPARE(gateway.attempts("two", "server_error"), 2);
}

void TryTargetsTest::fallsBackAtOnceWhereARetryIsOfNoUse_data()
{
    QTest::addColumn<Script>("trouble");
    QTest::newRow("401") << status(401);
    QTest::newRow("404") << status(404);
    QTest::newRow("out of credit") << status(429, R"({"error":{"message":"m","code":"insufficient_quota"}})");
    QTest::newRow("the provider says so") << std::move(Script(503, {{"x-should-retry", "false"}}).bytes("{}"));
    QTest::newRow("a longer wait than we take") << std::move(Script(429, {{"Retry-After", "3600"}}).bytes("{}"));
}

void TryTargetsTest::fallsBackAtOnceWhereARetryIsOfNoUse()
{
    QFETCH(const Script, trouble);
    GatewayInMemory gateway({trouble, whole()});
    expectFailedAttempts(1);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(urls(gateway), (QByteArrayList{"one.test", "two.test"}));
}

void TryTargetsTest::givesUpOnTheClientsOwnMistakes()
{
    const QByteArray error = R"({"error":{"message":"too long","type":"invalid_request_error","param":"messages",)"
                             R"("code":"context_length_exceeded","extra":1.0}})";
    GatewayInMemory gateway({status(400, error)});
    expectFailedAttempts(1);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 400);
    QCOMPARE(gateway.body(), error); // the provider's own words
    QCOMPARE(urls(gateway), (QByteArrayList{"one.test"}));
    QCOMPARE(gateway.header("X-LunarGate-Error-Source"), "upstream");
    QCOMPARE(gateway.attempts("one", "client_error"), 1);
    QCOMPARE(gateway.requests(400), 1);
}

// Found while the request was written for it: nothing was sent, no attempt counts, no warning is logged.
void TryTargetsTest::blamesNoProviderForTheClientsMistakes()
{
    Config config = test::twoProviders();
    config.providers[0].protocol = Protocol::Anthropic;
    GatewayInMemory gateway({}, std::move(config));
    gateway.post(R"({"model":"m1","n":2,"messages":[{"role":"user","content":"a"}]})");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 400);
    QCOMPARE(gateway.error("code"), "unsupported_parameter");
    QCOMPARE(gateway.error("param"), "n");
    QVERIFY(gateway.error("message").contains("'one'"));
    QCOMPARE(gateway.transport->requests.size(), 0);
    for (const char *outcome : {"internal_error", "client_error", "protocol"})
        QCOMPARE(gateway.attempts("one", outcome), 0);
    QCOMPARE(gateway.metrics().series("ai_router_provider_errors_total").size(), 0);
}

void TryTargetsTest::tellsTheLastFailureWhenNothingHelps()
{
    Script last(429, {{"Retry-After", "7"}, {"x-ratelimit-remaining-requests", "0"}, {"Set-Cookie", "a=b"}});
    last.bytes(R"({"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}})");
    Config config = test::twoProviders();
    config.retry.maxAttempts = 1;
    GatewayInMemory gateway({status(503), last}, config);
    expectFailedAttempts(2);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 429);
    QCOMPARE(gateway.error("message"), "slow down");
    QCOMPARE(gateway.error("code"), "rate_limit_exceeded");
    QCOMPARE(gateway.header("Retry-After"), "7");
    QCOMPARE(gateway.header("x-ratelimit-remaining-requests"), "0");
    QCOMPARE(gateway.header("Set-Cookie"), "");
    QCOMPARE(gateway.header("X-Should-Retry"), "false"); // or the client's own retries multiply ours
    QCOMPARE(gateway.header("X-LunarGate-Provider"), "two");
    QCOMPARE(gateway.header("X-LunarGate-Attempts"), "2");
    QCOMPARE(gateway.requests(429), 1);
    QCOMPARE(gateway.metrics().sum("ai_router_requests_total"), 1);
}

void TryTargetsTest::tellsWhatATargetSaidRatherThanThatOneWasNotAsked_data()
{
    QTest::addColumn<Script>("trouble");
    QTest::addColumn<Protocol>("fallback");
    QTest::addColumn<int>("warnings");
    QTest::addColumn<int>("status");
    const auto unknown = static_cast<Protocol>(-1); // of a later version
    QTest::newRow("cannot be called") << status(503) << unknown << 2 << 503;
    QTest::newRow("cannot do what is asked for") << status(503) << Protocol::Anthropic << 1 << 503;
    QTest::newRow("the connection broke before") << Script::failing(transportError()) << unknown << 2 << 502;
}

void TryTargetsTest::tellsWhatATargetSaidRatherThanThatOneWasNotAsked()
{
    QFETCH(const Script, trouble);
    QFETCH(const Protocol, fallback);
    QFETCH(const int, warnings);
    QFETCH(const int, status);
    Config config = test::twoProviders();
    config.retry.maxAttempts = 1;
    config.providers.back().protocol = fallback;
    GatewayInMemory gateway({trouble}, config);
    expectFailedAttempts(warnings);
    gateway.post(R"({"model":"m1","n":2,"messages":[{"role":"user","content":"a"}]})");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), status);
    QVERIFY(gateway.error("code") != "unsupported_parameter");
    QVERIFY(gateway.error("code") != "provider_not_supported");
    if (status == 503)
        QCOMPARE(gateway.header("X-LunarGate-Provider"), "one");
}

void TryTargetsTest::tellsOfFallbacksThatFailed()
{
    Config config = test::twoProviders();
    config.retry.maxAttempts = 1;
    GatewayInMemory gateway({status(503), Script::failing(transportError())}, config);
    expectFailedAttempts(2);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 502);
    QCOMPARE(gateway.error("code"), "connection_reset");
    QCOMPARE(gateway.header("X-LunarGate-Attempts"), "2");
    QCOMPARE(gateway.header("X-LunarGate-Fallback-Used"), "true");
    QCOMPARE(gateway.header("X-Should-Retry"), "false");
    QCOMPARE(gateway.metrics().sum("ai_router_fallbacks_used_total"), 0); // none was of use
}

void TryTargetsTest::retriesNothingWhenTheClientForbidsIt()
{
    GatewayInMemory gateway({status(503), whole()});
    expectFailedAttempts(1);
    gateway.post("{}", "X-LunarGate-No-Retry: true\r\n");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(urls(gateway), (QByteArrayList{"one.test", "two.test"})); // fallbacks still run
}

void TryTargetsTest::fallsBackBeforeTheFirstUsefulEvent_data()
{
    QTest::addColumn<Script>("trouble");
    const QByteArray overloaded = R"({"error":{"code":529,"message":"overloaded"}})";
    QTest::newRow("nothing comes") << Script();
    QTest::newRow("breaks after the role") << std::move(Script().data(test::kRoleChunk).fail(transportError()));
    QTest::newRow("ends after the role") << std::move(Script().data(test::kRoleChunk));
    QTest::newRow("nothing but its end mark") << std::move(Script().data("[DONE]"));
    QTest::newRow("nothing but role and end mark") << Script::stream({test::kRoleChunk});
    QTest::newRow("error first") << std::move(Script().data(overloaded));
    QTest::newRow("error after role and comments")
        << std::move(Script().bytes(": hello\n\n").data(test::kRoleChunk).bytes(": hello\n\n").data(overloaded));
    QTest::newRow("no event stream") << std::move(Script().bytes("<html>busy</html>"));
    QTest::newRow("malformed event") << std::move(Script().data("{oops"));
    QTest::newRow("no end of roles") << [] {
        Script script;
        for (int i = 0; i < 64; ++i)
            script.bytes(("data: " + test::kRoleChunk + "\n\n").repeated(1000));
        return script;
    }();
}

void TryTargetsTest::fallsBackBeforeTheFirstUsefulEvent()
{
    QFETCH(const Script, trouble);
    Config config = test::twoProviders();
    config.retry.maxAttempts = 1;
    GatewayInMemory gateway({trouble, Script::stream({test::kRoleChunk, contentChunk("hi")})}, config);
    expectFailedAttempts(1);
    gateway.postStream();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(gateway.header("X-LunarGate-Provider"), "two");
    QCOMPARE(gateway.body(), "data: " + test::kRoleChunk + "\n\ndata: " + contentChunk("hi") +
                                 "\n\ndata: [DONE]\n\n"); // nothing of the first
    QCOMPARE(gateway.transport->alive, 0);
}

void TryTargetsTest::neverTriesAgainOnceTheClientHasAPart()
{
    GatewayInMemory gateway(
        {std::move(Script().data(contentChunk("a")).fail(transportError())), Script::stream({contentChunk("b")})});
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^stream broke ")));
    gateway.postStream();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(urls(gateway), (QByteArrayList{"one.test"}));
    QVERIFY(gateway.body().startsWith("data: " + contentChunk("a") + "\n\ndata: {\"error\":{"));
    QVERIFY(!gateway.body().contains("[DONE]"));
}

void TryTargetsTest::forgetsWhatAFailedStreamSaid()
{
    // The first one's end mark, or half an event of it, must not reach the second one's reader.
    Script broken;
    broken.data(test::kRoleChunk).bytes("data: {\"half\":").fail(transportError());
    GatewayInMemory gateway({broken, Script::stream({contentChunk("b")})});
    expectFailedAttempts(1);
    gateway.postStream();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.body(), "data: " + contentChunk("b") + "\n\ndata: [DONE]\n\n");
}

void TryTargetsTest::skipsProvidersThatItCannotCall()
{
    Config config = test::twoProviders();
    config.providers.front().protocol = static_cast<Protocol>(-1); // of a later version
    GatewayInMemory gateway({whole()}, config);
    expectFailedAttempts(1);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(urls(gateway), (QByteArrayList{"two.test"}));
}

void TryTargetsTest::readsErrorBodiesWithinALimit()
{
    Script endless(400);
    for (int i = 0; i < 100; ++i)
        endless.bytes(QByteArray(100'000, 'x'));
    GatewayInMemory gateway({endless});
    expectFailedAttempts(1);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 400);
    QCOMPARE(gateway.error("message").size(), 2048);
    QVERIFY(gateway.transport->reads < 20);
    QCOMPARE(gateway.transport->alive, 0);
}

void TryTargetsTest::refusesAnswersThatItCannotRead_data()
{
    QTest::addColumn<Script>("answer");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("redirect") << Script(302, {{"Location", "http://evil.test"}}) << QByteArray("upstream_redirect");
    QTest::newRow("compressed") << std::move(Script(200, {{"Content-Encoding", "gzip"}}).bytes("\x1f\x8b"))
                                << QByteArray("upstream_encoding");
}

void TryTargetsTest::refusesAnswersThatItCannotRead()
{
    QFETCH(const Script, answer);
    QFETCH(const QByteArray, reason);
    Config config = test::twoProviders();
    config.retry.maxAttempts = 1;
    config.routing.routes.front().fallback.clear();
    GatewayInMemory gateway({answer}, config);
    expectFailedAttempts(1);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 502);
    QCOMPARE(gateway.error("code"), reason);
    QVERIFY(gateway.error("message").startsWith("provider 'one' answered with "));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::TryTargetsTest)
#include "tst_try_targets.moc"
