// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/token_verifier.h"

#include "tests/support/token_maker.h"

#include <QTest>

using namespace lunargate;
using namespace std::chrono_literals;
using test::TokenMaker;

namespace {

KnownPublicKeys known(const QByteArrayList &keys, quint64 version = 1)
{
    Result<PublicKeys> read = PublicKeys::read(TokenMaker::keySet(keys));
    return {std::make_shared<const PublicKeys>(*std::move(read)), version};
}

std::chrono::sys_seconds now()
{
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

SecurityConfig::Jwt rulesFor(const QByteArray &audience)
{
    SecurityConfig::Jwt rules;
    rules.issuer = "me";
    rules.audience = {audience};
    rules.adminClaim = "role=boss";
    return rules;
}

QByteArray claimsFor(const QByteArray &audience, qint64 seconds = 3600)
{
    return TokenMaker::claims("ann", seconds, "\"iss\":\"me\",\"aud\":\"" + audience + '"');
}

} // namespace

class TokenVerifierTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void tellsWhoseTokenItIs()
    {
        const TokenVerifier verifier(rulesFor("gate"));
        const auto caller = verifier.verify(m_maker.token(claimsFor("gate")), known({m_maker.publicKey()}), now());
        QVERIFY(caller);
        QCOMPARE(caller->name, "ann");
        QVERIFY(!caller->rights->isAdmin);
        const QByteArray boss =
            m_maker.token(TokenMaker::claims("bob", 60, R"("iss":"me","aud":"gate","role":"boss")"));
        QVERIFY(verifier.verify(boss, known({m_maker.publicKey()}), now())->rights->isAdmin);
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("token");
        QTest::addColumn<QByteArray>("reason");
        QTest::addColumn<bool>("isKeyUnknown");
        const auto row = [](const char *name, const QByteArray &token, const char *reason, bool isKeyUnknown = false) {
            QTest::newRow(name) << token << QByteArray(reason) << isKeyUnknown;
        };
        const QByteArray good = m_maker.token(claimsFor("gate"));
        row("an API key", "sk-1234", "invalid_token");
        row("an unknown key", TokenMaker("k2").token(claimsFor("gate")), "invalid_token", true);
        row("another's key", TokenMaker("k1").token(claimsFor("gate")), "invalid_token", true); // perhaps a new one
        row("an algorithm that is not taken", TokenMaker("k1", "ES384").token(claimsFor("gate")), "invalid_token");
        row("no signature", test::forgedToken(R"({"alg":"none","kid":"k1"})", claimsFor("gate")), "invalid_token");
        row("a shared secret",
            test::tokenWithSharedSecret(R"({"alg":"HS256","kid":"k1"})", claimsFor("gate"), m_maker.publicKey()),
            "invalid_token");
        row("another's token", m_maker.token(claimsFor("other")), "invalid_token");
        row("expired", m_maker.token(claimsFor("gate", -61)), "expired_token");
        row("claims of one, signature of another",
            m_maker.token(claimsFor("other")).first(m_maker.token(claimsFor("other")).lastIndexOf('.')) +
                good.sliced(good.lastIndexOf('.')),
            "invalid_token", true);
    }
    void refuses()
    {
        QFETCH(QByteArray, token);
        QFETCH(QByteArray, reason);
        QFETCH(bool, isKeyUnknown);
        const TokenVerifier verifier(rulesFor("gate"));
        for (int i = 0; i < 2; ++i) { // nor is it let in the second time
            const auto caller = verifier.verify(token, known({m_maker.publicKey()}), now());
            QVERIFY(!caller);
            QCOMPARE(caller.error().error.reason, reason);
            QCOMPARE(caller.error().isKeyUnknown, isKeyUnknown);
        }
    }

    void withoutKeysItCannotTell()
    {
        const TokenVerifier verifier(rulesFor("gate"));
        const auto caller = verifier.verify(m_maker.token(claimsFor("gate")), {}, now());
        QVERIFY(!caller && caller.error().isKeyUnknown);
        QCOMPARE(httpStatus(caller.error().error), 503);
    }

    void algorithmsMayBeConfigured()
    {
        const TokenMaker maker("k3", "RS384");
        SecurityConfig::Jwt rules = rulesFor("gate");
        const QByteArray token = maker.token(claimsFor("gate"));
        QVERIFY(!TokenVerifier(rules).verify(token, known({maker.publicKey()}), now()));
        rules.algorithms = {"RS384"};
        QVERIFY(TokenVerifier(rules).verify(token, known({maker.publicKey()}), now()));
    }

    void remembersATokenUntilItEnds()
    {
        const TokenVerifier verifier(rulesFor("gate"));
        const QByteArray token = m_maker.token(claimsFor("gate", 100));
        QVERIFY(verifier.verify(token, known({m_maker.publicKey()}), now()));
        // The keys are not asked any more: these could not tell.
        const KnownPublicKeys others = known({TokenMaker("k9").publicKey()});
        QVERIFY(verifier.verify(token, others, now()));
        QVERIFY(!verifier.verify(token + 'A', others, now()));
        QVERIFY(!verifier.verify(token.chopped(1), others, now()));
        QCOMPARE(verifier.verify(token, known({m_maker.publicKey()}), now() + 161s).error().error.reason,
                 "expired_token");
    }

    void forgetsTokensWhenTheKeysChange()
    {
        const TokenVerifier verifier(rulesFor("gate"));
        const QByteArray token = m_maker.token(claimsFor("gate"));
        QVERIFY(verifier.verify(token, known({m_maker.publicKey()}, 1), now()));
        const auto caller = verifier.verify(token, known({TokenMaker("k9").publicKey()}, 2), now());
        QVERIFY(!caller && caller.error().isKeyUnknown);
        QCOMPARE(caller.error().keysVersion, 2U);
    }

    // CVE-2026-35030 of another gateway: tokens that begin alike were taken for one another.
    void tokensThatBeginAlikeStayApart()
    {
        const TokenVerifier verifier(rulesFor("gate"));
        const KnownPublicKeys keys = known({m_maker.publicKey()});
        for (const char *name : {"ann", "ben"}) {
            const QByteArray token = m_maker.token(TokenMaker::claims(name, 60, R"("iss":"me","aud":"gate")"));
            QCOMPARE(verifier.verify(token, keys, now())->name, name);
        }
    }

private:
    const TokenMaker m_maker = TokenMaker("k1");
};

QTEST_GUILESS_MAIN(TokenVerifierTest)
#include "tst_token_verifier.moc"
