// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/authenticate.h"

#include "gateway/pipeline/identify_caller.h"
#include "gateway/security/failed_attempts.h"
#include "gateway/security/recent_credentials.h"
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using namespace std::chrono_literals;
using test::GatewayInMemory;
using test::Script;

/// Who is let in, and how long the others wait.
class AuthenticateTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void rolesAndCallers_data();
    void rolesAndCallers();
    void theGatewaysOwnRequestsNeedNoKey();
    void answersWrongKeysMoreAndMoreSlowly();
    void aBodyIsNoWayAroundTheWait();
    void aGoodKeyIsAnsweredAtOnce();
    void littleIsComparedWhileAnswersWait();
    void littleIsComparedForAdministratorsToo();
    void aGuessOfTheAdminTokenIsHeldBack();
    void aNewcomerGetsATurn();
    void aNewcomerWithABodyNeedsOneTurn();
    void tokensAreAlwaysLookedAt();
    void onlySomeBodiesComeWhileKeysAreFetched();
    void anExpiredKeyIsNoGuess();
    void waitingEndsWhenTheClientLeaves();
};

namespace {

Config withKeys()
{
    Config config = test::twoProviders();
    config.security.enabled = true;
    config.security.provider = AuthProvider::ApiKey;
    config.security.keys = {
        {.name = "app", .value = SecretString("app-key")},
        {.name = "boss", .value = SecretString("boss-key"), .isAdmin = true},
        {.name = "old", .value = SecretString("old-key"), .expires = std::chrono::sys_seconds(1s), .isAdmin = true},
    };
    config.security.slowDown = {.freeAttempts = 1, .maxDelay = 150ms};
    return config;
}

// The reader refuses such a key; nobody must get in by it all the same.
Config withTheHashOfNothing()
{
    Config config = withKeys();
    config.security.keys = {{.name = "nothing",
                             .sha256 = QByteArray::fromHex(
                                 QByteArray("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))}};
    return config;
}

Config withTokens()
{
    Config config = test::twoProviders();
    config.security.enabled = true;
    config.security.provider = AuthProvider::Jwt;
    config.security.jwt.jwksUrl = "https://issuer.test/keys";
    return config;
}

Config behindAProxy()
{
    Config config = test::twoProviders();
    config.server.trustedProxies = {"127.0.0.1", "::1"};
    return config;
}

constexpr const char *kToken = "the-admin-token"; // of twoProviders()

Config withoutAdminToken()
{
    Config config = test::twoProviders();
    config.admin.token = {};
    return config;
}

Config withKeysAlone()
{
    Config config = withKeys();
    config.admin.token = {};
    return config;
}

Config withAHeaderOfTheirOwn()
{
    Config config = withKeys();
    config.security.header = "X-Gate";
    config.security.allowXApiKey = false;
    return config;
}

Config withoutAdmin()
{
    Config config = withKeys();
    config.security.keys.resize(1);
    return config;
}

HttpRequest request(const QByteArray &key, HeaderList headers, const char *peer)
{
    HttpRequest request;
    request.peer = QHostAddress(QString::fromLatin1(peer));
    request.headers = std::move(headers);
    if (!key.isEmpty())
        request.headers.add("Authorization", "Bearer " + key);
    return request;
}

QByteArray outcome(const Config &config, const HttpRequest &request, Role role)
{
    Services services(config);
    const Runtime runtime(std::make_shared<const Config>(config), services);
    const auto caller = identifyCaller(runtime, services, request, role);
    return caller ? "passes as " + caller->name
                  : QByteArray::number(httpStatus(caller.error().error)) + ' ' + caller.error().error.reason;
}

// As many wrong keys as may wait for their answer.
std::vector<FailedAttempts::Penalty> fillPlaces(Services &services, const Config &config, const QByteArray &address)
{
    std::vector<FailedAttempts::Penalty> waiting;
    for (int i = 0; i < 20; ++i)
        waiting.push_back(services.failedAttempts->fail(address, config.security.slowDown, Clock::now()));
    return waiting;
}

QByteArray authorization(const char *key)
{
    return QByteArray("Authorization: Bearer ") + key + "\r\n";
}

} // namespace

void AuthenticateTest::rolesAndCallers_data()
{
    QTest::addColumn<Config>("config");
    QTest::addColumn<HttpRequest>("sent");
    QTest::addColumn<QByteArrayList>("outcomes"); // for Public, Inference and Admin
    const auto row = [](const QByteArray &name, const Config &config, const HttpRequest &sent, const char *inference,
                        const char *admin) {
        QTest::newRow(name.constData()) << config << sent << QByteArrayList{"passes as ", inference, admin};
    };
    const Config open = test::twoProviders();
    row("no key", withKeys(), request("", {}, "127.0.0.1"), "401 missing_api_key", "401 missing_api_key");
    row("wrong key", withKeys(), request("no-key", {}, "127.0.0.1"), "401 invalid_api_key", "401 invalid_api_key");
    const HeaderList basic = {{"Authorization", "Basic YTpi"}};
    row("no key in the header", withKeys(), request("", basic, "127.0.0.1"), "401 invalid_api_key",
        "401 invalid_api_key");
    row("no key in the header, a key of nothing", withTheHashOfNothing(), request("", basic, "127.0.0.1"),
        "401 invalid_api_key", "401 invalid_api_key");
    row("no token in the header", withTokens(), request("", basic, "127.0.0.1"), "401 invalid_token",
        "401 invalid_token"); // and not 503, as there are no public keys
    row("expired key", withKeys(), request("old-key", {}, "127.0.0.1"), "401 expired_api_key", "401 expired_api_key");
    row("inference key", withKeys(), request("app-key", {}, "127.0.0.1"), "passes as app", "403 admin_required");
    row("admin key", withKeys(), request("boss-key", {}, "10.0.0.1"), "passes as boss", "passes as boss");
    row("no admin key there", withoutAdmin(), request("app-key", {}, "127.0.0.1"), "passes as app",
        "403 admin_required");
    row("former admin key", withoutAdmin(), request("boss-key", {}, "127.0.0.1"), "401 invalid_api_key",
        "401 invalid_api_key");
    row("open, no token", open, request("", {}, "127.0.0.1"), "passes as ", "401 missing_admin_token");
    row("open, wrong token", open, request("no-token", {}, "127.0.0.1"), "passes as ", "401 invalid_admin_token");
    row("open, half of the token", open, request("the-admin", {}, "127.0.0.1"), "passes as ",
        "401 invalid_admin_token");
    row("open, no token in the header", open, request("", basic, "127.0.0.1"), "passes as ", "401 invalid_admin_token");
    row("open, there is no token", withoutAdminToken(), request(kToken, {}, "127.0.0.1"), "passes as ",
        "503 admin_token_missing");
    for (const char *peer : {"127.0.0.1", "::1", "::ffff:127.0.0.1"})
        row(peer, open, request(kToken, {}, peer), "passes as ", "passes as admin-token");
    for (const char *name : {"X-API-Key", "api-key"})
        row(name, open, request("", {{name, kToken}}, "127.0.0.1"), "passes as ", "passes as admin-token");
    row("open, token from elsewhere", open, request(kToken, {}, "10.0.0.1"), "passes as ", "403 admin_not_local");
    row("open, nobody knows from where", open, request(kToken, {}, ""), "passes as ", "403 admin_not_local");
    for (const char *peer : {"127.0.0.1", "::1", "::ffff:127.0.0.1"})
        row(QByteArray(peer) + ", a proxy", behindAProxy(), request(kToken, {}, peer), "passes as ",
            "403 admin_not_local");
    for (const char *name : {"Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"})
        row(name, open, request(kToken, {{name, "127.0.0.1"}}, "127.0.0.1"), "passes as ", "403 admin_not_local");
    row("keys, the token", withKeys(), request(kToken, {}, "127.0.0.1"), "401 invalid_api_key",
        "passes as admin-token");
    row("keys in a header of their own, the token", withAHeaderOfTheirOwn(), request(kToken, {}, "127.0.0.1"),
        "401 missing_api_key", "passes as admin-token");
    row("keys, the token from elsewhere", withKeys(), request(kToken, {}, "10.0.0.1"), "401 invalid_api_key",
        "401 invalid_api_key");
    row("keys, there is no token", withKeysAlone(), request("boss-key", {}, "127.0.0.1"), "passes as boss",
        "passes as boss");
    row("keys, nothing instead of no token", withKeysAlone(), request("", {}, "127.0.0.1"), "401 missing_api_key",
        "401 missing_api_key");
    row("tokens, the admin token", withTokens(), request(kToken, {}, "127.0.0.1"), "503 public_keys_missing",
        "passes as admin-token");
    row("tokens, the admin token from elsewhere", withTokens(), request(kToken, {}, "10.0.0.1"),
        "503 public_keys_missing", "503 public_keys_missing");
}

void AuthenticateTest::rolesAndCallers()
{
    QFETCH(const Config, config);
    QFETCH(const HttpRequest, sent);
    QFETCH(const QByteArrayList, outcomes);
    QCOMPARE(outcome(config, sent, Role::Public), outcomes[0]);
    QCOMPARE(outcome(config, sent, Role::Inference), outcomes[1]);
    QCOMPARE(outcome(config, sent, Role::Admin), outcomes[2]);
}

void AuthenticateTest::theGatewaysOwnRequestsNeedNoKey()
{
    HttpRequest own = request({}, {}, "127.0.0.1");
    own.builtInCaller = "remote-control";
    for (const Config &config : {test::twoProviders(), withKeys(), withTokens()}) {
        QCOMPARE(outcome(config, own, Role::Inference), "passes as remote-control");
        QCOMPARE(outcome(config, own, Role::Admin), "403 admin_required");
    }
    own.headers.add("Authorization", "Bearer boss-key"); // it is who it is
    QCOMPARE(outcome(withKeys(), own, Role::Admin), "403 admin_required");
}

void AuthenticateTest::answersWrongKeysMoreAndMoreSlowly()
{
    GatewayInMemory gateway({}, withKeys());
    gateway.get("/v1/models", authorization("no-key"));
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.error("code"), "invalid_api_key");

    const qsizetype before = gateway.client.received().size();
    const TimePoint start = Clock::now();
    gateway.get("/v1/models", authorization("no-key"));
    QTRY_VERIFY(gateway.client.received().size() > before);
    QVERIFY(Clock::now() - start >= 150ms);
    QVERIFY(gateway.client.received().sliced(before).startsWith("HTTP/1.1 401 "));
}

void AuthenticateTest::aBodyIsNoWayAroundTheWait()
{
    GatewayInMemory gateway({}, withKeys());
    gateway.get("/v1/models", authorization("no-key"));
    QTRY_VERIFY(gateway.isAnswered());
    const qsizetype before = gateway.client.received().size();
    const TimePoint start = Clock::now();
    gateway.client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n" +
                        authorization("no-key") + "\r\nbody");
    QTRY_VERIFY(gateway.client.received().size() > before);
    QVERIFY(Clock::now() - start >= 150ms);
    QVERIFY(gateway.client.received().sliced(before).startsWith("HTTP/1.1 401 "));
    QVERIFY(gateway.client.received().sliced(before).contains("\r\nConnection: close\r\n"));
}

void AuthenticateTest::aGoodKeyIsAnsweredAtOnce()
{
    Config config = withKeys();
    config.security.slowDown.maxDelay = 60s;
    GatewayInMemory gateway({}, config);
    gateway.get("/v1/models", authorization("no-key"));
    QTRY_VERIFY(gateway.isAnswered());
    qsizetype before = gateway.client.received().size();
    gateway.get("/v1/models", authorization("app-key"));
    QTRY_VERIFY(gateway.client.received().size() > before);
    QVERIFY(gateway.client.received().sliced(before).startsWith("HTTP/1.1 200 "));
    before = gateway.client.received().size();
    gateway.get("/v1/models", authorization("no-key")); // the good key made up for the failure
    QTRY_VERIFY(gateway.client.received().size() > before);
    QVERIFY(gateway.client.received().sliced(before).startsWith("HTTP/1.1 401 "));
}

void AuthenticateTest::littleIsComparedWhileAnswersWait()
{
    const Config config = withKeys();
    Services services(config);
    const Runtime runtime(std::make_shared<const Config>(config), services);
    std::vector<FailedAttempts::Penalty> waiting = fillPlaces(services, config, "10.0.0.1");
    services.recentCredentials->add("app-key");
    QVERIFY(services.failedAttempts->mayCompare("10.0.0.1", config.security.slowDown, Clock::now() + 1h)); // the turn
    const auto reason = [&](const QByteArray &key, const char *peer) {
        const auto caller = identifyCaller(runtime, services, request(key, {}, peer), Role::Inference);
        return caller ? "passes as " + caller->name : caller.error().error.reason;
    };
    QCOMPARE(reason("no-key", "10.0.0.1"), "too_many_failed_attempts");
    QCOMPARE(reason("boss-key", "10.0.0.1"), "too_many_failed_attempts"); // as good as a guess
    QCOMPARE(reason("app-key", "10.0.0.1"), "passes as app");
    QCOMPARE(reason("boss-key", "10.0.0.2"), "passes as boss");
    QCOMPARE(reason("boss-key", "10.0.0.1"), "passes as boss"); // right of late, wherever that was
    QCOMPARE(reason("no-key", "10.0.0.1"), "too_many_failed_attempts");
    waiting.clear();
    QCOMPARE(reason("no-key", "10.0.0.1"), "invalid_api_key");
}

void AuthenticateTest::littleIsComparedForAdministratorsToo()
{
    for (const Config &config : {test::twoProviders(), withKeys()}) {
        Services services(config);
        const Runtime runtime(std::make_shared<const Config>(config), services);
        const std::vector<FailedAttempts::Penalty> waiting = fillPlaces(services, config, "127.0.0.1");
        const auto reason = [&](const QByteArray &key) {
            const auto caller = identifyCaller(runtime, services, request(key, {}, "127.0.0.1"), Role::Admin);
            return caller ? "passes as " + caller->name : caller.error().error.reason;
        };
        // The turn is one for both kinds of key.
        QVERIFY(reason("no-key").startsWith("invalid_"));
        QCOMPARE(reason(kToken), "too_many_failed_attempts");
        services.recentCredentials->add(kToken);
        QCOMPARE(reason(kToken), "passes as admin-token");
    }
}

void AuthenticateTest::aGuessOfTheAdminTokenIsHeldBack()
{
    Config config = test::twoProviders();
    config.security.slowDown = {.freeAttempts = 1, .maxDelay = 150ms};
    GatewayInMemory gateway({}, config);
    gateway.get("/admin/v1/limits", authorization("no-token"));
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.error("code"), "invalid_admin_token");
    gateway.forgetAnswer();
    const TimePoint start = Clock::now();
    gateway.get("/admin/v1/limits", authorization("no-token"));
    QTRY_VERIFY(gateway.isAnswered());
    QVERIFY(Clock::now() - start >= 150ms);
    gateway.forgetAnswer();
    gateway.get("/admin/v1/limits", test::kAsAdmin);
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
}

// One program with a wrong key must not lock out all others on its machine.
void AuthenticateTest::aNewcomerGetsATurn()
{
    const Config config = withKeys();
    GatewayInMemory gateway({}, config);
    const auto waiting = fillPlaces(gateway.services(), config, "127.0.0.1");
    const auto ask = [&](const char *key) {
        const qsizetype before = gateway.client.received().size();
        gateway.get("/v1/models", authorization(key));
        return QTest::qWaitFor([&] { return gateway.client.received().size() > before; })
                   ? gateway.client.received().sliced(before)
                   : QByteArray();
    };
    const QByteArray answer = ask("no-key"); // whether it was compared or not
    QVERIFY2(answer.startsWith("HTTP/1.1 429 "), answer.constData());
    QVERIFY2(answer.contains("\r\nRetry-After: 1\r\n"), answer.constData());
    QTRY_VERIFY(ask("app-key").startsWith("HTTP/1.1 200 "));
    QVERIFY(ask("app-key").startsWith("HTTP/1.1 200 "));
}

void AuthenticateTest::aNewcomerWithABodyNeedsOneTurn()
{
    const Config config = withKeys();
    Services services(config);
    const Runtime runtime(std::make_shared<const Config>(config), services);
    const auto waiting = fillPlaces(services, config, "10.0.0.1");
    for (int i = 0; i < 2; ++i) // before its body comes, and then
        QVERIFY(identifyCaller(runtime, services, request("app-key", {}, "10.0.0.1"), Role::Inference));
}

void AuthenticateTest::tokensAreAlwaysLookedAt()
{
    const Config config = withTokens();
    Services services(config);
    const Runtime runtime(std::make_shared<const Config>(config), services);
    const auto waiting = fillPlaces(services, config, "10.0.0.1");
    for (int i = 0; i < 2; ++i)
        QCOMPARE(
            identifyCaller(runtime, services, request("a.b.c", {}, "10.0.0.1"), Role::Inference).error().error.reason,
            "public_keys_missing");
}

void AuthenticateTest::onlySomeBodiesComeWhileKeysAreFetched()
{
    const PendingBodies pending;
    std::vector<std::shared_ptr<const void>> places;
    for (int i = 0; i < 32; ++i) {
        places.push_back(pending.admit());
        QVERIFY(places.back());
    }
    QVERIFY(!pending.admit());
    places.pop_back(); // it came, or its client left
    QVERIFY(pending.admit());
}

void AuthenticateTest::anExpiredKeyIsNoGuess()
{
    Config config = withKeys();
    config.security.slowDown = {.freeAttempts = 0, .maxDelay = 60s};
    GatewayInMemory gateway({}, config);
    gateway.get("/v1/models", authorization("old-key"));
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.error("code"), "expired_api_key");
    QVERIFY(!gateway.header("WWW-Authenticate").isEmpty());
}

void AuthenticateTest::waitingEndsWhenTheClientLeaves()
{
    Config config = withKeys();
    config.security.slowDown = {.freeAttempts = 0, .maxDelay = 60s};
    GatewayInMemory gateway({}, config);
    gateway.get("/v1/models", authorization("no-key"));
    QTRY_VERIFY(gateway.connection->isBusy());
    const QSignalSpy closed(gateway.connection.get(), &ClientConnection::closed);
    gateway.client.socket.abort();
    QTRY_COMPARE(closed.size(), 1);
    QVERIFY(!gateway.connection->isBusy());
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::AuthenticateTest)
#include "tst_authenticate.moc"
