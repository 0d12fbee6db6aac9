// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"
#include "tests/support/token_maker.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

const QByteArray kForUs = R"("iss":"issuer-1","aud":"gate")";

/// A gateway that takes tokens, and the issuer whose keys it fetches.
struct Fixture : GatewayFixture
{
    FakeUpstream issuer;

    bool start(const QByteArray &more = {})
    {
        issuer.otherwise([this](const ReceivedRequest &) { return Script::json(status, keySet); });
        return GatewayFixture::start(
            {.sections = "security:\n  provider: jwt\n  jwt:\n    jwks_url: " + issuer.url("/keys") +
                         "\n    issuer: issuer-1\n    audience: [gate]\n" + more});
    }
    HttpAnswer ask(const QByteArray &token) const
    {
        return chat(chatBody("fake-model"), {{"Authorization", "Bearer " + token}});
    }
    QByteArray codeFor(const QByteArray &token) const
    {
        const HttpAnswer answer = ask(token);
        return answer.status == 200 ? "ok" : textAt(answer.body, "error.code");
    }
    void publish(const QByteArrayList &keys) { keySet = TokenMaker::keySet(keys); }

    QByteArray keySet;
    int status = 200;
};

QByteArray tokenOf(const TokenMaker &maker, const QByteArray &name = "ann")
{
    return maker.token(TokenMaker::claims(name, 600, kForUs));
}

} // namespace

/// Tokens of an issuer, from its published keys to the answer.
class TokensTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void aGoodTokenLetsIn()
    {
        const TokenMaker maker("k1");
        Fixture fixture;
        fixture.publish({maker.publicKey()});
        QVERIFY(fixture.start());
        for (int i = 0; i < 3; ++i)
            QCOMPARE(fixture.codeFor(tokenOf(maker)), "ok");
        QCOMPARE(fixture.issuer.requestCount(), 1);
        QCOMPARE(fixture.issuer.request(0).path, "/keys");
        QCOMPARE(fixture.chat(chatBody("fake-model"), {{"X-API-Key", tokenOf(maker)}}).status, 200);
        QCOMPARE(fixture.gateway.terminate(5s), 0);
        QVERIFY2(fixture.gateway.log().contains("caller=ann"), fixture.gateway.log().constData());
    }

    void everythingElseIsRefused()
    {
        const TokenMaker maker("k1", "RS256");
        Fixture fixture;
        fixture.publish({maker.publicKey()});
        QVERIFY(fixture.start("  slow_down: {max_delay: 0s}\n"));
        const QByteArray claims = TokenMaker::claims("ann", 600, kForUs);
        const QByteArray good = maker.token(claims);
        QCOMPARE(fixture.codeFor(good), "ok");
        const std::vector<std::pair<QByteArray, QByteArray>> refused = {
            {"sk-an-api-key", "invalid_token"},
            {forgedToken(R"({"alg":"none","kid":"k1"})", claims, ""), "invalid_token"},
            {forgedToken(R"({"alg":"none","kid":"k1"})", claims), "invalid_token"},
            {tokenWithSharedSecret(R"({"alg":"HS256","kid":"k1"})", claims, maker.publicKey()), "invalid_token"},
            {maker.token(TokenMaker::claims("ann", 600, R"("iss":"issuer-2","aud":"gate")")), "invalid_token"},
            {maker.token(TokenMaker::claims("ann", 600, R"("iss":"issuer-1","aud":"other")")), "invalid_token"},
            {maker.token(TokenMaker::claims("ann", -61, kForUs)), "expired_token"},
            {maker.token(TokenMaker::claims("ann", 600, kForUs + R"(,"nbf":32503680000)")), "early_token"},
            {TokenMaker("k1", "RS256").token(claims), "invalid_token"},
            {TokenMaker("k2", "RS256").token(claims), "invalid_token"},
            {good.chopped(4), "invalid_token"},
            {good + QByteArray(20'000, 'A'), "invalid_token"},
        };
        for (const auto &[token, code] : refused)
            QCOMPARE(fixture.codeFor(token), code);
        QCOMPARE(fixture.chat(chatBody("fake-model")).status, 401);
        QCOMPARE(fixture.upstream.requestCount(), 1);
        QCOMPARE(fixture.issuer.requestCount(), 1); // made-up key ids do not bother it
    }

    void newKeysAreFetchedWhenATokenNamesOne()
    {
        const TokenMaker first("k1");
        const TokenMaker second("k2");
        Fixture fixture;
        QVERIFY(fixture.start()); // an empty answer: there are no keys yet
        QCOMPARE(fixture.codeFor(tokenOf(first)), "public_keys_missing");
        fixture.publish({first.publicKey(), second.publicKey()});
        // Not before ten seconds have passed since it asked last.
        QTRY_COMPARE_WITH_TIMEOUT(fixture.codeFor(tokenOf(first)), QByteArray("ok"), 15s);
        QCOMPARE(fixture.issuer.requestCount(), 2);
        QCOMPARE(fixture.codeFor(tokenOf(second)), "ok");
    }

    void oldKeysAreFetchedAgainAndStayIfThatFails()
    {
        const TokenMaker maker("k1");
        Fixture fixture;
        fixture.publish({maker.publicKey()});
        QVERIFY(fixture.start("    jwks_refresh: 1ms\n"));
        QCOMPARE(fixture.codeFor(tokenOf(maker)), "ok");
        fixture.status = 500;
        QTRY_VERIFY_WITH_TIMEOUT(fixture.codeFor(tokenOf(maker)) == "ok" && fixture.issuer.requestCount() > 1, 15s);
        QCOMPARE(fixture.codeFor(tokenOf(maker)), "ok");
        QVERIFY(fixture.gateway.waitForLog("public keys for tokens not read"));
    }

    void keysMayStandInAFile()
    {
        const TokenMaker maker("k1", "EdDSA");
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("keys.json")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(TokenMaker::keySet({maker.publicKey()}));
        file.close();
        GatewayFixture fixture;
        QVERIFY(fixture.start({.sections = "security:\n  provider: external\n  jwt:\n    jwks_file: " +
                                           file.fileName().toUtf8() + "\n    audience: [gate]\n"}));
        const HeaderList headers = {{"Authorization", "Bearer " + tokenOf(maker)}};
        QCOMPARE(fixture.chat(chatBody("fake-model"), headers).status, 200);
        QCOMPARE(fixture.chat(chatBody("fake-model"), {{"Authorization", "Bearer x"}}).status, 401);
    }

    void aReplacedFileCountsSoon()
    {
        const TokenMaker first("k1");
        const TokenMaker second("k2");
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("keys.json"));
        const auto write = [&](const QByteArray &text) {
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(text) == text.size());
        };
        write(TokenMaker::keySet({first.publicKey(), second.publicKey()}));
        Fixture fixture;
        QVERIFY(fixture.GatewayFixture::start({.sections = "security:\n  provider: jwt\n  jwt:\n    jwks_file: " +
                                                           path.toUtf8() + "\n    audience: [gate]\n"}));
        QCOMPARE(fixture.codeFor(tokenOf(first)), "ok");
        write(TokenMaker::keySet({second.publicKey()}));
        QTRY_COMPARE(fixture.codeFor(tokenOf(first)), "invalid_token");
        QCOMPARE(fixture.codeFor(tokenOf(second)), "ok");
        write("");
        QTRY_COMPARE(fixture.codeFor(tokenOf(second)), "public_keys_missing");
    }

    void aReloadThatIsAskedForFetchesTheKeysAnew()
    {
        const TokenMaker first("k1");
        const TokenMaker second("k2");
        Fixture fixture;
        fixture.publish({first.publicKey(), second.publicKey()});
        QVERIFY(fixture.start("    admin_claim: role=boss\n"));
        QCOMPARE(fixture.codeFor(tokenOf(first)), "ok");
        fixture.publish({second.publicKey()});
        const QByteArray boss = second.token(TokenMaker::claims("bob", 600, kForUs + R"(,"role":"boss")"));
        const HeaderList headers = {{"Authorization", "Bearer " + boss}};
        QCOMPARE(fixture.client().post("/admin/v1/reload", {}, headers).status, 200);
        QTRY_COMPARE(fixture.codeFor(tokenOf(first)), "invalid_token");
        QCOMPARE(fixture.codeFor(tokenOf(second)), "ok");
        fixture.status = 500; // those from before stay
        QCOMPARE(fixture.client().post("/admin/v1/reload", {}, headers).status, 200);
        QCOMPARE(fixture.codeFor(tokenOf(second)), "ok");
        QVERIFY(fixture.gateway.waitForLog("public keys for tokens not read"));
        QCOMPARE(fixture.codeFor(tokenOf(second)), "ok");
    }

    void aReloadMakesNobodyWaitForASilentIssuer()
    {
        const TokenMaker maker("k1");
        Fixture fixture;
        fixture.publish({maker.publicKey()});
        QVERIFY(fixture.start("    admin_claim: role=boss\n    timeout: 10s\n"));
        QCOMPARE(fixture.codeFor(tokenOf(maker)), "ok");
        fixture.issuer.enqueue(Script::silence());
        const QByteArray boss = maker.token(TokenMaker::claims("bob", 600, kForUs + R"(,"role":"boss")"));
        const HeaderList headers = {{"Authorization", "Bearer " + boss}};
        QCOMPARE(fixture.client().post("/admin/v1/reload", {}, headers).status, 200);
        QElapsedTimer waited;
        waited.start();
        QCOMPARE(fixture.codeFor(tokenOf(maker)), "ok");
        QTRY_COMPARE(fixture.issuer.requestCount(), 2);
        QCOMPARE(fixture.codeFor(tokenOf(maker)), "ok");
        QVERIFY(waited.durationElapsed() < 10s);
    }

    void theLogHasNoPasswordOfTheKeysAddress()
    {
        GatewayFixture fixture;
        FakeUpstream issuer;
        issuer.otherwise([](const ReceivedRequest &) { return Script::json(500, "{}"); });
        const QByteArray url = issuer.url("/keys").replace("://", "://ann:canary-1@") + "?code=canary-2";
        QVERIFY(fixture.start(
            {.sections = "security:\n  provider: jwt\n  jwt:\n    audience: [gate]\n    jwks_url: '" + url + "'\n"}));
        QCOMPARE(fixture.chat(chatBody(), {{"Authorization", "Bearer " + tokenOf(TokenMaker("k1"))}}).status, 503);
        QVERIFY(fixture.gateway.waitForLog("public keys for tokens not read"));
        QVERIFY2(!fixture.gateway.log().contains("canary"), fixture.gateway.log().constData());
    }

    void bodiesOfUnknownTokensDoNotCome()
    {
        const TokenMaker maker("k1");
        Fixture fixture;
        fixture.publish({maker.publicKey()});
        QVERIFY(fixture.start());
        QCOMPARE(fixture.codeFor(tokenOf(maker)), "ok");
        for (const TokenMaker &stranger : {TokenMaker("k1"), TokenMaker("k2")}) {
            RawClient client(fixture.port());
            client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                        tokenOf(stranger) + "\r\nContent-Length: 5000000\r\n\r\n");
            QVERIFY(client.waitForAnswer());
            QCOMPARE(client.answer().status(), 401);
        }
    }

    void anIssuerThatIsSilentHoldsNobodyForLong()
    {
        Fixture fixture;
        fixture.issuer.enqueue(Script::silence());
        QVERIFY(fixture.start("    timeout: 200ms\n"));
        const HttpAnswer answer = fixture.ask(tokenOf(TokenMaker("k1")));
        QCOMPARE(answer.status, 503);
        QVERIFY(!answer.header("Retry-After").isEmpty());
    }
};

QTEST_GUILESS_MAIN(TokensTest)
#include "tst_tokens.moc"
