// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/token_maker.h"
#include "tests/support/wait.h"
#include "tests/unit/pipeline/gateway_in_memory.h"

#include <QTemporaryDir>

#include <optional>

namespace lunargate {

using namespace std::chrono_literals;
using test::GatewayInMemory;
using test::TokenMaker;

/// Every endpoint that there is, and every kind of caller: nobody gets in by the endpoint that somebody forgot.
class AccessTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(); }

    void everyEndpointAsksForItsRole_data();
    void everyEndpointAsksForItsRole();
    void everyAdminEndpointAsksForTheTokenWithoutSecurity_data();
    void everyAdminEndpointAsksForTheTokenWithoutSecurity();
    void eachPortHasItsEndpoints_data();
    void eachPortHasItsEndpoints();

private:
    Config withKeys() const;
    Config withTokens() const;

    const TokenMaker m_maker = TokenMaker("k1");
    QTemporaryDir m_folder;
};

namespace {

enum class Allowed { Nothing, Inference, Admin, Everything };

/// The status if `caller` may not use an endpoint of that role; 0: it may.
int refusalOf(Role role, Allowed allowed, bool isKnown)
{
    if (role == Role::Public || allowed == Allowed::Everything)
        return 0;
    if ((role == Role::Inference && allowed == Allowed::Inference) ||
        (role == Role::Admin && allowed == Allowed::Admin))
        return 0;
    return isKnown && allowed != Allowed::Admin ? 403 : 401; // the admin token is no key
}

QByteArray requestTo(const Endpoint &endpoint, const QByteArray &fields)
{
    const QByteArray body = endpoint.method == "GET" ? "" : "{}";
    return endpoint.method.toByteArray() + ' ' + endpoint.path.toByteArray() + (endpoint.hasTail ? "x" : "") +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + fields +
           "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

/// A gateway that is asked one thing after the other. Wrong keys are not held back: what is looked at is who gets in.
class AskedGateway
{
public:
    struct Answer
    {
        int status = 0; ///< 0: none came
        QByteArray body;
        bool isFromProvider = false; ///< one was asked
    };

    explicit AskedGateway(Config config, Dispatcher::Port port = {}) : m_config(std::move(config)), m_port(port)
    {
        m_config.security.slowDown.maxDelay = 0s;
    }

    Answer ask(const QByteArray &request)
    {
        if (!m_gateway)
            m_gateway.emplace(scripts(), m_config, 0, m_port);
        const size_t before = m_gateway->transport->requests.size();
        m_gateway->forgetAnswer();
        m_gateway->client.send(request);
        if (!test::waitUntil([this] { return m_gateway->isAnswered(); }))
            return {};
        Answer answer{.status = m_gateway->status(),
                      .body = m_gateway->body(),
                      .isFromProvider = m_gateway->transport->requests.size() > before};
        if (m_gateway->header("Connection") == "close")
            m_gateway.reset();
        return answer;
    }

private:
    static std::deque<test::Script> scripts()
    {
        std::deque<test::Script> scripts;
        for (size_t i = 0; i < endpoints().size(); ++i)
            scripts.push_back(std::move(test::Script().bytes(test::kWholeAnswer)));
        return scripts;
    }

    Config m_config;
    Dispatcher::Port m_port;
    std::optional<GatewayInMemory> m_gateway;
};

} // namespace

void AccessTest::initTestCase()
{
    QFile file(m_folder.filePath(QStringLiteral("keys.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(TokenMaker::keySet({m_maker.publicKey()}));
}

Config AccessTest::withKeys() const
{
    Config config = test::twoProviders();
    config.retry.enabled = false;
    config.security.enabled = true;
    config.security.provider = AuthProvider::ApiKey;
    config.security.keys = {
        {.name = "app", .value = SecretString("app-key")},
        {.name = "boss", .value = SecretString("boss-key"), .isAdmin = true},
        {.name = "old", .value = SecretString("old-key"), .expires = std::chrono::sys_seconds(1s), .isAdmin = true},
    };
    return config;
}

Config AccessTest::withTokens() const
{
    Config config = withKeys();
    config.security.provider = AuthProvider::Jwt;
    config.security.jwt.jwksFile = m_folder.filePath(QStringLiteral("keys.json")).toUtf8();
    config.security.jwt.adminClaim = "role=boss";
    return config;
}

void AccessTest::everyEndpointAsksForItsRole_data()
{
    QTest::addColumn<bool>("byToken");
    QTest::addColumn<QByteArray>("credential");
    QTest::addColumn<int>("allowed");
    QTest::addColumn<bool>("isKnown");
    const auto row = [](const char *name, bool byToken, const QByteArray &credential, Allowed allowed, bool isKnown) {
        QTest::newRow(name) << byToken << credential << int(allowed) << isKnown;
    };
    row("the admin token, beside keys", false, "the-admin-token", Allowed::Admin, true);
    row("the admin token, beside tokens", true, "the-admin-token", Allowed::Admin, true);
    row("no key", false, "", Allowed::Nothing, false);
    row("wrong key", false, "no-key", Allowed::Nothing, false);
    row("expired admin key", false, "old-key", Allowed::Nothing, false);
    row("inference key", false, "app-key", Allowed::Inference, true);
    row("admin key", false, "boss-key", Allowed::Everything, true);
    row("no token", true, "", Allowed::Nothing, false);
    row("a key instead of a token", true, "boss-key", Allowed::Nothing, false);
    row("expired admin token", true, m_maker.token(TokenMaker::claims("a", -100, R"("role":"boss")")), Allowed::Nothing,
        false);
    row("somebody else's admin token", true, TokenMaker("k1").token(TokenMaker::claims("a", 100, R"("role":"boss")")),
        Allowed::Nothing, false);
    row("token", true, m_maker.token(TokenMaker::claims("a", 100)), Allowed::Inference, true);
    row("admin token", true, m_maker.token(TokenMaker::claims("a", 100, R"("role":"boss")")), Allowed::Everything,
        true);
}

void AccessTest::everyEndpointAsksForItsRole()
{
    QFETCH(const bool, byToken);
    QFETCH(const QByteArray, credential);
    QFETCH(const int, allowed);
    QFETCH(const bool, isKnown);
    const QByteArray fields = credential.isEmpty() ? "" : "Authorization: Bearer " + credential + "\r\n";
    AskedGateway gateway(byToken ? withTokens() : withKeys());
    for (const Endpoint &endpoint : endpoints()) {
        const AskedGateway::Answer answer = gateway.ask(requestTo(endpoint, fields));
        QVERIFY2(answer.status != 0, endpoint.name.data());
        const int refusal = refusalOf(endpoint.role, Allowed(allowed), isKnown);
        if (refusal == 0)
            QVERIFY2(answer.status != 401 && answer.status != 403, endpoint.name.data());
        else
            QVERIFY2(answer.status == refusal, endpoint.name.data());
        QVERIFY2(refusal == 0 || !answer.isFromProvider, endpoint.name.data());
    }
}

void AccessTest::everyAdminEndpointAsksForTheTokenWithoutSecurity_data()
{
    QTest::addColumn<QByteArray>("fields");
    QTest::addColumn<int>("refusal"); // 0: none
    QTest::newRow("no token") << QByteArray() << 401;
    QTest::newRow("wrong token") << QByteArray("Authorization: Bearer other\r\n") << 401;
    QTest::newRow("token") << test::kAsAdmin << 0;
    QTest::newRow("token as a key") << QByteArray("X-API-Key: the-admin-token\r\n") << 0;
    QTest::newRow("token through a proxy") << test::kAsAdmin + "Via: 1.1 proxy\r\n" << 403;
}

void AccessTest::everyAdminEndpointAsksForTheTokenWithoutSecurity()
{
    QFETCH(const QByteArray, fields);
    QFETCH(const int, refusal);
    AskedGateway gateway(test::twoProviders());
    for (const Endpoint &endpoint : endpoints()) {
        if (endpoint.role != Role::Admin)
            continue;
        const int status = gateway.ask(requestTo(endpoint, fields)).status;
        QVERIFY2(status != 0, endpoint.name.data());
        const bool isRefused = status == 401 || status == 403;
        QVERIFY2(refusal == 0 ? !isRefused : status == refusal, endpoint.name.data());
    }
}

void AccessTest::eachPortHasItsEndpoints_data()
{
    QTest::addColumn<bool>("isEnabled");
    QTest::addColumn<bool>("inference");
    QTest::addColumn<bool>("admin");
    QTest::newRow("one for all") << true << true << true;
    QTest::newRow("without admin") << true << true << false;
    QTest::newRow("admin alone") << true << false << true;
    QTest::newRow("one for all, admin off") << false << true << true;
    QTest::newRow("admin alone, and off") << false << false << true;
}

void AccessTest::eachPortHasItsEndpoints()
{
    QFETCH(const bool, isEnabled);
    QFETCH(const bool, inference);
    QFETCH(const bool, admin);
    Config config = test::twoProviders();
    config.admin.enabled = isEnabled;
    AskedGateway gateway(config, {.served = {.inference = inference, .admin = admin}});
    for (const Endpoint &endpoint : endpoints()) {
        const AskedGateway::Answer answer = gateway.ask(requestTo(endpoint, test::kAsAdmin));
        QVERIFY2(answer.status != 0, endpoint.name.data());
        const bool isThere =
            endpoint.role == Role::Public || (endpoint.role == Role::Admin ? admin && isEnabled : inference);
        const bool isUnknown = answer.status == 404 && answer.body.contains("OpenAI clients need the base URL");
        QVERIFY2(isUnknown == !isThere, endpoint.name.data());
    }
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::AccessTest)
#include "tst_access.moc"
