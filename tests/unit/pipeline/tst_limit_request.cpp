// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/limits/rate_limiter.h"
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using test::contentChunk;
using test::GatewayInMemory;
using test::Script;

/// The limits of clients in a whole gateway. The buckets fill so slowly that nothing comes in while a test runs.
class LimitRequestTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void refusesAndSaysWhenToComeBack();
    void refusesModelListsToo();
    void tellsTheLimitsOnEveryAnswer_data();
    void tellsTheLimitsOnEveryAnswer();
    void saysNothingWhereNothingIsLimited();
    void itsOwnLimitsHideTheProviders();
    void givesThePlaceBackOnEveryWay_data();
    void givesThePlaceBackOnEveryWay();
    void givesThePlaceBackWhenTheClientLeaves_data();
    void givesThePlaceBackWhenTheClientLeaves();
    void whatConcurrencyRefusesBurnsNoRequest();
    void settlesTokens_data();
    void settlesTokens();
    void whatTokensRefuseBurnsNoRequest();
    void answersFromTheCacheNeedNoTokens();
    void neverPromisesMoreTokensThanThereAre();
    void countsByKeyAndNotByAddress();
    void forgedHeadersMakeNoClients();
    void believesATrustedProxy();
    void otherSettingsKeepWhatIsLeft();
    void showsTheLimitsToTheAdministrator();
};

namespace {

Config limited(const LimitsConfig &limits)
{
    Config config = test::twoProviders();
    config.retry.enabled = false;
    config.rateLimiting.enabled = true;
    config.rateLimiting.perClient = limits;
    return config;
}

LimitsConfig allLimits()
{
    return {.requestsPerMinute = 1, .burstSize = 100, .tokensPerMinute = 50'000, .maxConcurrent = 1};
}

Config withKeys(Config config)
{
    config.security.enabled = true;
    config.security.provider = AuthProvider::ApiKey;
    for (const QByteArray name : {"anna", "bert"})
        config.security.keys.push_back({.name = name, .value = SecretString("key-of-" + name)});
    return config;
}

/// The only client there is.
RateLimiter::Report::Client onlyClient(GatewayInMemory &gateway)
{
    const RateLimiter::Report report = gateway.services().limiter->report(2, Clock::now());
    return report.scarcest.size() == 1 ? report.scarcest.front() : RateLimiter::Report::Client();
}

double refusals(const GatewayInMemory &gateway, const QByteArray &limit)
{
    return gateway.metrics().value("lunargate_limiter_refusals_total{limit=\"" + limit + "\"}");
}

/// That used so many tokens.
QByteArray answerOf(int tokens)
{
    return R"({"choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":0,"completion_tokens":)" +
           QByteArray::number(tokens) + "}}";
}

const QByteArray kNoUsage = R"({"choices":[{"message":{"content":"hi"}}]})";

} // namespace

void LimitRequestTest::refusesAndSaysWhenToComeBack()
{
    GatewayInMemory gateway({std::move(Script().bytes(test::kWholeAnswer))},
                            limited({.requestsPerMinute = 1, .burstSize = 1}));
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(gateway.header("X-RateLimit-Remaining"), "0");
    gateway.client.forget();
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 429);
    QCOMPARE(gateway.error("type"), "rate_limit_error");
    QCOMPARE(gateway.error("code"), "rate_limit_exceeded");
    QVERIFY2(gateway.error("message").startsWith("rate limit exceeded: your address may send 1 requests a minute"),
             gateway.error("message").constData());
    QCOMPARE(gateway.header("Retry-After"), "60");
    const int wait = gateway.header("Retry-After-Ms").toInt();
    QVERIFY2(wait > 50'000 && wait <= 60'000, gateway.header("Retry-After-Ms").constData());
    QCOMPARE(gateway.header("X-Should-Retry"), "true");
    QCOMPARE(gateway.header("X-LunarGate-Error-Source"), "gateway");
    QCOMPARE(gateway.transport->requests.size(), 1);
    // Told once, wherever requests are counted.
    QCOMPARE(gateway.requests(429), 1);
    QCOMPARE(refusals(gateway, "requests"), 1);
    QCOMPARE(gateway.metrics().sum("lunargate_limiter_refusals_total"), 1);
    QCOMPARE(gateway.metrics().sum("ai_router_provider_errors_total"), 0);
    QCOMPARE(gateway.metrics().value("ai_router_active_requests"), 0);
}

void LimitRequestTest::refusesModelListsToo()
{
    GatewayInMemory gateway({}, limited({.requestsPerMinute = 1, .burstSize = 2}));
    for (const int status : {200, 200, 429}) {
        gateway.client.forget();
        gateway.get("/v1/models");
        QTRY_VERIFY(gateway.isAnswered());
        QCOMPARE(gateway.status(), status);
    }
    QCOMPARE(gateway.metrics().sum("ai_router_requests_total"), 0); // no model calls
    QCOMPARE(refusals(gateway, "requests"), 1);
}

void LimitRequestTest::tellsTheLimitsOnEveryAnswer_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("status");
    QTest::addColumn<bool>("isCounted");
    const auto row = [](const char *name, const QByteArray &line, const QByteArray &fields, const QByteArray &body,
                        int status, bool isCounted) {
        QTest::newRow(name) << line + " HTTP/1.1\r\nHost: localhost\r\n" + fields +
                                   "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body
                            << status << isCounted;
    };
    const QByteArray chat = "POST /v1/chat/completions";
    const QByteArray key = "Authorization: Bearer key-of-anna\r\n";
    const QByteArray body = R"({"model":"m1","messages":[]})";
    row("an answer", chat, key, body, 200, true);
    row("a stream", chat, key, R"({"model":"m1","stream":true,"messages":[]})", 200, true);
    row("a provider's error", chat, key, R"({"model":"m1","messages":[],"x":500})", 500, true);
    row("no route", chat, key, R"({"model":"one/other","messages":[]})", 400, true);
    row("malformed", chat, key, "{", 400, true);
    row("contradicting", chat, key, R"({"tools":[1],"functions":[1]})", 400, true);
    row("embeddings without a model", "POST /v1/embeddings", key, R"({"input":"a"})", 400, true);
    row("models", "GET /v1/models", key, "", 200, true);
    row("models, mended", "GET /models", key, "", 200, true);
    row("an unknown model", "GET /v1/models/none", key, "", 404, true);
    row("no key", chat, "", body, 401, false);
    row("wrong key", chat, "Authorization: Bearer other\r\n", body, 401, false);
    row("a web page", chat, "Origin: https://evil.example\r\n", body, 403, false);
    row("unknown path", "POST /v1/nothing", key, body, 404, false);
    row("other method", "PATCH /v1/models", key, "", 405, false);
}

void LimitRequestTest::tellsTheLimitsOnEveryAnswer()
{
    QFETCH(const QByteArray, request);
    QFETCH(const bool, isCounted);
    Script script = request.contains("\"stream\"") ? Script::stream({contentChunk("a")})
                    : request.contains("500")      ? std::move(Script(500).bytes("{}"))
                                                   : std::move(Script().bytes(test::kWholeAnswer));
    Config config = withKeys(limited(allLimits()));
    config.routing.routes.front().fallback.clear();
    GatewayInMemory gateway({script}, config);
    if (request.contains("500"))
        test::expectFailedAttempts(1);
    gateway.client.send(request);
    QTRY_VERIFY(gateway.isAnswered());
    QTEST(gateway.status(), "status");
    const QByteArray left = isCounted ? "99" : "100";
    QCOMPARE(gateway.header("X-RateLimit-Limit"), "1");
    QCOMPARE(gateway.header("X-RateLimit-Remaining"), left);
    QCOMPARE(gateway.header("X-RateLimit-Limit-Requests"), "1");
    QCOMPARE(gateway.header("X-RateLimit-Remaining-Requests"), left);
    QCOMPARE(gateway.header("X-RateLimit-Reset-Requests"), isCounted ? "1m0s" : "0s");
    QCOMPARE(gateway.header("X-RateLimit-Limit-Tokens"), "50000");
    QVERIFY(gateway.header("X-RateLimit-Remaining-Tokens").toInt() > 48'000);
    QVERIFY(!gateway.header("X-RateLimit-Reset-Tokens").isEmpty());
    // Whoever was not counted is not remembered either.
    QCOMPARE(gateway.services().limiter->report(0, Clock::now()).clients, size_t(isCounted));
}

void LimitRequestTest::saysNothingWhereNothingIsLimited()
{
    GatewayInMemory health({}, limited(allLimits()));
    health.get("/health");
    QTRY_VERIFY(health.isAnswered());
    QVERIFY(!health.client.received().toLower().contains("ratelimit"));
    QCOMPARE(health.services().limiter->report(0, Clock::now()).clients, size_t(0));

    GatewayInMemory off({std::move(Script().bytes(test::kWholeAnswer))});
    off.post();
    QTRY_VERIFY(off.isAnswered());
    QVERIFY(!off.client.received().toLower().contains("ratelimit"));
    QCOMPARE(off.services().limiter->report(0, Clock::now()).clients, size_t(0));
}

void LimitRequestTest::itsOwnLimitsHideTheProviders()
{
    const HeaderList theirs{{"x-ratelimit-limit-requests", "7777"},
                            {"x-ratelimit-remaining-requests", "7776"},
                            {"x-ratelimit-limit-tokens", "8888"}};
    GatewayInMemory gateway({std::move(Script(200, theirs).bytes(test::kWholeAnswer))},
                            limited({.requestsPerMinute = 1, .burstSize = 5}));
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QVERIFY(!gateway.client.received().contains("777"));
    QVERIFY(gateway.client.received().contains("x-ratelimit-limit-tokens: 8888")); // not limited here
}

void LimitRequestTest::givesThePlaceBackOnEveryWay_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<Script>("script");
    QTest::addColumn<int>("failedAttempts");
    const auto row = [](const char *name, const char *body, const Script &script, int failedAttempts = 0) {
        QTest::newRow(name) << QByteArray(body) << script << failedAttempts;
    };
    const char *whole = R"({"model":"m1","messages":[]})";
    const char *stream = R"({"model":"m1","messages":[],"stream":true})";
    row("no JSON", "nonsense", Script());
    row("no object", "[]", Script());
    row("malformed messages", R"({"messages":7})", std::move(Script().bytes(test::kWholeAnswer)));
    row("contradicting", R"({"tools":[1],"functions":[1]})", Script());
    row("no such model", R"({"model":"one/other"})", Script());
    row("an answer", whole, std::move(Script().bytes(test::kWholeAnswer)));
    row("an answer without usage", whole, std::move(Script().bytes(kNoUsage)));
    row("an answer that makes no sense", whole, std::move(Script().bytes("<html>")), 1);
    row("a provider's refusal", whole, std::move(Script(400).bytes("{}")), 1);
    row("a provider out of reach", whole, Script::failing(test::transportError()), 1);
    row("a stream", stream, Script::stream({contentChunk("a"), test::kUsageChunk}));
    row("a stream that breaks early", stream, std::move(Script().fail(test::transportError())), 1);
}

void LimitRequestTest::givesThePlaceBackOnEveryWay()
{
    QFETCH(const QByteArray, body);
    QFETCH(const Script, script);
    QFETCH(const int, failedAttempts);
    Config config = limited(allLimits());
    config.routing.routes.front().fallback.clear();
    GatewayInMemory gateway({script}, config);
    test::expectFailedAttempts(failedAttempts);
    gateway.post(body);
    QTRY_VERIFY(gateway.isAnswered());
    QVERIFY(gateway.status() != 429);
    QCOMPARE(onlyClient(gateway).limits.running, 0);
    QCOMPARE(onlyClient(gateway).limits.requests.remaining, 99);
    QVERIFY(onlyClient(gateway).limits.tokens.remaining >= 50'000 - 20);
}

void LimitRequestTest::givesThePlaceBackWhenTheClientLeaves_data()
{
    QTest::addColumn<Script>("script");
    QTest::addColumn<bool>("stream");
    QTest::newRow("waiting for the head") << Script::silent() << false;
    QTest::newRow("in the body") << std::move(Script().bytes("{").wait()) << false;
    QTest::newRow("stream: waiting for the first token") << std::move(Script().data(test::kRoleChunk).wait()) << true;
    QTest::newRow("stream: in the middle") << std::move(Script().data(contentChunk("a")).wait()) << true;
}

void LimitRequestTest::givesThePlaceBackWhenTheClientLeaves()
{
    QFETCH(const Script, script);
    QFETCH(const bool, stream);
    GatewayInMemory gateway({script}, limited(allLimits()));
    if (stream)
        gateway.postStream();
    else
        gateway.post();
    QTRY_COMPARE(gateway.transport->alive, 1);
    QCOMPARE(onlyClient(gateway).limits.running, 1);
    QVERIFY(onlyClient(gateway).limits.tokens.remaining < 50'000 - 500); // a guess of the answer is put aside
    gateway.client.socket.abort();
    QTRY_COMPARE(gateway.transport->alive, 0);
    QCOMPARE(onlyClient(gateway).limits.running, 0);
    QVERIFY(onlyClient(gateway).limits.tokens.remaining >= 50'000 - 20);
}

void LimitRequestTest::whatConcurrencyRefusesBurnsNoRequest()
{
    GatewayInMemory gateway({Script::silent(std::move(Script().bytes(test::kWholeAnswer)))}, limited(allLimits()));
    LimitPermit other; // of the same client
    const Caller caller{.name = {}, .address = "127.0.0.1", .rights = {}};
    QVERIFY(!gateway.services().limiter->admit(caller, true, other, Clock::now()).refusal);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 429);
    QVERIFY2(gateway.error("message").contains("1 model calls running at the same time"),
             gateway.error("message").constData());
    QCOMPARE(gateway.header("Retry-After"), "1");
    QCOMPARE(gateway.header("X-RateLimit-Remaining-Requests"), "99");
    QCOMPARE(refusals(gateway, "concurrency"), 1);
    gateway.client.forget();
    gateway.get("/v1/models"); // needs no place
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
}

void LimitRequestTest::settlesTokens_data()
{
    QTest::addColumn<Script>("script");
    QTest::addColumn<bool>("stream");
    QTest::addColumn<qint64>("remaining"); // of 5000
    QTest::newRow("less than was put aside") << std::move(Script().bytes(test::kWholeAnswer)) << false << qint64(4993);
    QTest::newRow("more than there is") << std::move(Script().bytes(answerOf(7000))) << false << qint64(-2000);
    QTest::newRow("a stream") << Script::stream({contentChunk("a"), test::kUsageChunk}) << true << qint64(4993);
    QTest::newRow("a provider that failed") << std::move(Script(500).bytes("{}")) << false << qint64(5000);
}

void LimitRequestTest::settlesTokens()
{
    QFETCH(const Script, script);
    QFETCH(const bool, stream);
    QFETCH(const qint64, remaining);
    Config config = limited({.tokensPerMinute = 5000});
    config.routing.routes.front().fallback.clear();
    GatewayInMemory gateway({script}, config);
    if (remaining == 5000)
        test::expectFailedAttempts(1);
    if (stream)
        gateway.postStream(R"(,"messages":[],"max_tokens":4000)");
    else
        gateway.post(R"({"model":"m1","messages":[],"max_tokens":4000})");
    QTRY_VERIFY(gateway.isAnswered());
    const qint64 told = gateway.header("X-RateLimit-Remaining-Tokens").toLongLong();
    QVERIFY2(told >= 1000 && told < 1100, QByteArray::number(told).constData()); // 4000 were put aside
    const qint64 left = onlyClient(gateway).limits.tokens.remaining;
    QVERIFY2(left >= remaining && left < remaining + 500, QByteArray::number(left).constData()); // some come in
}

void LimitRequestTest::whatTokensRefuseBurnsNoRequest()
{
    LimitsConfig limits = allLimits();
    limits.tokensPerMinute = 60;
    GatewayInMemory gateway({std::move(Script().bytes(answerOf(120)))}, limited(limits));
    gateway.post(R"({"model":"m1","messages":[],"max_tokens":20})");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    gateway.client.forget();
    gateway.post(R"({"model":"m1","messages":[],"max_tokens":20})");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 429);
    QVERIFY2(gateway.error("message").contains("may use 60 tokens a minute, and this request may need 20"),
             gateway.error("message").constData());
    QCOMPARE(gateway.header("X-RateLimit-Remaining-Requests"), "99");
    QCOMPARE(gateway.header("X-RateLimit-Remaining-Tokens"), "0");
    QVERIFY(gateway.header("Retry-After").toInt() > 70); // 60 are owed, 20 needed
    QCOMPARE(gateway.header("X-Should-Retry"), "false");
    QCOMPARE(refusals(gateway, "tokens"), 1);
    QCOMPARE(onlyClient(gateway).limits.running, 0);
    QCOMPARE(onlyClient(gateway).limits.requests.remaining, 99);
}

void LimitRequestTest::answersFromTheCacheNeedNoTokens()
{
    Config config = limited({.requestsPerMinute = 1, .burstSize = 100, .tokensPerMinute = 60});
    config.caching.enabled = true;
    GatewayInMemory gateway({std::move(Script().bytes(answerOf(120)))}, config);
    const std::pair<const char *, int> calls[] = {{"20", 200}, {"20", 200}, {"21", 429}};
    for (const auto &[length, status] : calls) {
        gateway.client.forget();
        gateway.post(QByteArray(R"({"model":"m1","messages":[],"max_tokens":)") + length + '}');
        QTRY_VERIFY(gateway.isAnswered());
        QCOMPARE(gateway.status(), status);
    }
    QCOMPARE(gateway.transport->requests.size(), 1);
    QCOMPARE(onlyClient(gateway).limits.requests.remaining, 98); // an answer from the cache is a request
}

void LimitRequestTest::neverPromisesMoreTokensThanThereAre()
{
    GatewayInMemory gateway({}, limited({.tokensPerMinute = 100}));
    gateway.post(R"({"model":"m1","messages":[],"max_tokens":101})");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 400);
    QCOMPARE(gateway.error("code"), "request_over_token_limit");
    QCOMPARE(gateway.error("param"), "max_tokens");
    QCOMPARE(gateway.header("Retry-After"), "");
    QCOMPARE(gateway.header("Retry-After-Ms"), "");
    QCOMPARE(gateway.header("X-Should-Retry"), "false");
    QCOMPARE(gateway.requests(400), 1);
    QCOMPARE(refusals(gateway, "tokens"), 1);
}

void LimitRequestTest::countsByKeyAndNotByAddress()
{
    GatewayInMemory gateway({}, withKeys(limited({.requestsPerMinute = 1, .burstSize = 1})));
    const std::pair<const char *, int> calls[] = {{"anna", 200}, {"bert", 200}, {"anna", 429}, {"bert", 429}};
    for (const auto &[name, status] : calls) {
        gateway.client.forget();
        gateway.get("/v1/models", QByteArray("Authorization: Bearer key-of-") + name + "\r\n");
        QTRY_VERIFY(gateway.isAnswered());
        QCOMPARE(gateway.status(), status);
        QVERIFY(status == 200 || gateway.error("message").contains("your key may"));
    }
}

void LimitRequestTest::forgedHeadersMakeNoClients()
{
    GatewayInMemory gateway({}, limited({.requestsPerMinute = 1, .burstSize = 10}));
    for (int i = 0; i < 11; ++i) {
        const QByteArray address = "203.0.113." + QByteArray::number(i);
        gateway.client.forget();
        gateway.get("/v1/models", "X-Forwarded-For: " + address + "\r\nX-Real-IP: " + address +
                                      "\r\nForwarded: for=" + address + "\r\nTrue-Client-IP: " + address +
                                      "\r\nAuthorization: Bearer " + address + "\r\nX-API-Key: " + address + "\r\n");
        QTRY_VERIFY(gateway.isAnswered());
        QCOMPARE(gateway.status(), i < 10 ? 200 : 429);
    }
    QCOMPARE(onlyClient(gateway).identity, "address:127.0.0.1");
}

void LimitRequestTest::believesATrustedProxy()
{
    Config config = limited({.requestsPerMinute = 1, .burstSize = 1});
    config.server.trustedProxies = {"127.0.0.0/8"};
    GatewayInMemory gateway({}, config);
    const std::pair<const char *, int> calls[] = {
        {"203.0.113.1", 200}, {"203.0.113.2", 200}, {"198.51.100.66, 203.0.113.1", 429}};
    for (const auto &[trail, status] : calls) {
        gateway.client.forget();
        gateway.get("/v1/models", QByteArray("X-Forwarded-For: ") + trail + "\r\n");
        QTRY_VERIFY(gateway.isAnswered());
        QCOMPARE(gateway.status(), status);
    }
}

void LimitRequestTest::otherSettingsKeepWhatIsLeft()
{
    Config config = limited({.requestsPerMinute = 1, .burstSize = 2});
    GatewayInMemory gateway({}, config);
    const auto ask = [&gateway] {
        gateway.client.forget();
        gateway.get("/v1/models");
        QTRY_VERIFY(gateway.isAnswered());
    };
    ask();
    Config other = config;
    other.server.streamKeepAlive = std::chrono::seconds(1);
    gateway.services().apply(config, other);
    QCOMPARE(onlyClient(gateway).limits.requests.remaining, 1);
    other.rateLimiting.perClient.burstSize = 10;
    gateway.services().apply(config, other);
    QCOMPARE(onlyClient(gateway).limits.requests.remaining, 5); // half of it is still half of it
    ask();
    QCOMPARE(gateway.header("X-RateLimit-Remaining"), "4");
    gateway.services().apply(other, test::twoProviders());
    ask();
    QCOMPARE(gateway.header("X-RateLimit-Remaining"), "");
}

void LimitRequestTest::showsTheLimitsToTheAdministrator()
{
    Config config = limited(allLimits());
    config.rateLimiting.global = {.requestsPerMinute = 600, .burstSize = 50};
    GatewayInMemory gateway({}, config);
    gateway.get("/v1/models");
    QTRY_VERIFY(gateway.isAnswered());
    gateway.client.forget();
    gateway.get("/admin/v1/limits", test::kAsAdmin);
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(gateway.header("X-RateLimit-Limit"), "");
    const auto document = json::Document::parse(gateway.body());
    QVERIFY(document);
    const json::Value root = document->root();
    QCOMPARE(root["enabled"].boolean(), std::optional(true));
    QCOMPARE(root["clients"].integer(), std::optional<qint64>(1));
    QCOMPARE(root["global"]["requests"]["capacity"].integer(), std::optional<qint64>(50));
    QVERIFY(root["global"]["tokens"].isNull());
    const json::Value client = root["least_left"].at(0);
    QCOMPARE(client["client"].string(), "address:127.0.0.1");
    QCOMPARE(client["requests"]["remaining"].integer(), std::optional<qint64>(99));
    QCOMPARE(client["requests"]["per_minute"].integer(), std::optional<qint64>(1));
    QCOMPARE(client["concurrency"]["limit"].integer(), std::optional<qint64>(1));
    QCOMPARE(client["concurrency"]["running"].integer(), std::optional<qint64>(0));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::LimitRequestTest)
#include "tst_limit_request.moc"
