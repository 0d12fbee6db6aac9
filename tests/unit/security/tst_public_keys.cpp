// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/public_keys.h"

#include "tests/support/token_maker.h"

#include <QTest>

using namespace lunargate;
using test::TokenMaker;

namespace {

const QByteArray kClaims = R"({"sub":"me"})";

PublicKeys keysOf(const QByteArrayList &keys)
{
    Result<PublicKeys> read = PublicKeys::read(TokenMaker::keySet(keys));
    return read ? *std::move(read) : PublicKeys();
}

} // namespace

class PublicKeysTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void knowWhoSigned_data()
    {
        QTest::addColumn<QByteArray>("algorithm");
        for (const char *name :
             {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
            QTest::newRow(name) << QByteArray(name);
    }
    void knowWhoSigned()
    {
        QFETCH(QByteArray, algorithm);
        const TokenMaker maker("k1", algorithm);
        const TokenMaker stranger("k1", algorithm);
        const PublicKeys keys = keysOf({maker.publicKey()});
        const QByteArray token = maker.token(kClaims);
        QVERIFY(keys.haveSigned(token, algorithm, "k1"));
        QVERIFY(keys.haveSigned(token, algorithm, ""));
        QVERIFY(!keys.haveSigned(token, algorithm, "k2"));
        QVERIFY(!keys.haveSigned(stranger.token(kClaims), algorithm, "k1"));
        QByteArray changed = token;
        changed[changed.indexOf('.') + 3] = changed.at(changed.indexOf('.') + 3) == 'a' ? 'b' : 'a';
        QVERIFY(!keys.haveSigned(changed, algorithm, "k1"));
        QVERIFY(!keys.haveSigned(token.chopped(8), algorithm, "k1"));
        QVERIFY(!keys.haveSigned(token, algorithm == "ES256" ? "ES384" : "ES256", "k1"));
    }

    void takeNoTokenWithoutASignature()
    {
        const TokenMaker maker("k1", "RS256");
        const PublicKeys keys = keysOf({maker.publicKey()});
        for (const char *none : {"none", "None", "NONE"}) {
            const QByteArray header = QByteArray("{\"alg\":\"") + none + "\",\"kid\":\"k1\"}";
            for (const QByteArray &signature : {QByteArray(), QByteArray("x")}) {
                const QByteArray token = test::forgedToken(header, kClaims, signature);
                QVERIFY(!keys.haveSigned(token, none, "k1"));
                QVERIFY(!keys.haveSigned(token, "RS256", "k1"));
            }
        }
    }

    void takeNoPublicKeyForASharedSecret()
    {
        const TokenMaker maker("k1", "RS256");
        const PublicKeys keys = keysOf({maker.publicKey()});
        const QByteArray header = R"({"alg":"HS256","kid":"k1"})";
        for (const QByteArray &secret : {maker.publicKey(), QByteArray("k1"), QByteArray()}) {
            const QByteArray token = test::tokenWithSharedSecret(header, kClaims, secret);
            QVERIFY(!keys.haveSigned(token, "HS256", "k1"));
            QVERIFY(!keys.haveSigned(token, "RS256", "k1"));
        }
    }

    void takeNoKeyFromTheToken()
    {
        const TokenMaker maker("k1");
        const TokenMaker stranger("k1");
        const PublicKeys keys = keysOf({maker.publicKey()});
        QVERIFY(!keys.haveSigned(stranger.token(kClaims, R"("jwk":)" + stranger.publicKey()), "ES256", "k1"));
        QVERIFY(!keys.haveSigned(stranger.token(kClaims, "\"jku\":\"http://127.0.0.1:9/keys\""), "ES256", "k1"));
        QVERIFY(keys.haveSigned(maker.token(kClaims, R"("jwk":)" + stranger.publicKey()), "ES256", "k1"));
    }

    void leaveOutWhatChecksNothing_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<bool>("counts");
        const TokenMaker maker("k1");
        QTest::newRow("plain") << maker.publicKey() << true;
        QTest::newRow("for signatures") << maker.publicKey(R"("use":"sig","alg":"ES256","key_ops":["verify"])") << true;
        QTest::newRow("with its secret part") << maker.privateKey() << true; // which is left behind
        QTest::newRow("for encryption") << maker.publicKey(R"("use":"enc")") << false;
        QTest::newRow("for other uses") << maker.publicKey(R"("key_ops":["encrypt"])") << false;
        QTest::newRow("for another algorithm") << maker.publicKey(R"("alg":"RS256")") << false;
        QTest::newRow("for a shared secret") << maker.publicKey(R"("alg":"HS256")") << false;
        QTest::newRow("a shared secret") << QByteArray(R"({"kty":"oct","kid":"k1","k":"c2VjcmV0"})") << false;
        QTest::newRow("weak") << TokenMaker("k1", "RS256", 1024).publicKey() << false;
        QTest::newRow("broken") << QByteArray(R"({"kty":"EC","kid":"k1","crv":"P-256","x":"AA"})") << false;
        QTest::newRow("not an object") << QByteArray("7") << false;
        QTest::newRow("another curve") << QByteArray(R"({"kty":"EC","kid":"k1","crv":"P-999","x":"AA","y":"AA"})")
                                       << false;
    }
    void leaveOutWhatChecksNothing()
    {
        QFETCH(QByteArray, key);
        QFETCH(bool, counts);
        const TokenMaker other("k2", "EdDSA");
        const PublicKeys keys = keysOf({key, other.publicKey()});
        QCOMPARE(keys.size(), counts ? 2U : 1U);
        QCOMPARE(keys.has("k1"), counts);
        QVERIFY(keys.has("k2") && keys.has("") && !keys.has("k3"));
    }

    void refusesWhatIsNoKeySet_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("no JSON") << QByteArray("<html>");
        QTest::newRow("no keys") << QByteArray(R"({"keys":[]})");
        QTest::newRow("keys are no list") << QByteArray(R"({"keys":{}})");
        QTest::newRow("a list") << QByteArray("[]");
        QTest::newRow("no key of use") << QByteArray(R"({"keys":[{"kty":"oct","k":"c2VjcmV0"}]})");
        QTest::newRow("far too large") << QByteArray(R"({"keys":[]})") + QByteArray(2'000'000, ' ');
    }
    void refusesWhatIsNoKeySet()
    {
        QFETCH(QByteArray, text);
        const Result<PublicKeys> keys = PublicKeys::read(text);
        QVERIFY(!keys);
        QCOMPARE(keys.error().reason, "invalid_key_set");
    }

    void equalSetsAreEqual()
    {
        const TokenMaker one("k1");
        const TokenMaker two("k2");
        QVERIFY(keysOf({one.publicKey(), two.publicKey()}) == keysOf({one.publicKey(), two.publicKey()}));
        QVERIFY(!(keysOf({one.publicKey()}) == keysOf({two.publicKey()})));
    }
};

QTEST_GUILESS_MAIN(PublicKeysTest)
#include "tst_public_keys.moc"
