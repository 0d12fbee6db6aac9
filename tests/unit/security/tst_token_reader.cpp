// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/token_reader.h"

#include <QTest>

using namespace lunargate;

namespace {

QByteArray encoded(const QByteArray &bytes)
{
    return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

QByteArray token(const QByteArray &header, const QByteArray &claims)
{
    return encoded(header) + '.' + encoded(claims) + ".c2ln";
}

const QByteArray kHeader = R"({"alg":"ES256","kid":"k1"})";

} // namespace

class TokenReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void takesATokenApart()
    {
        const Result<ReadToken> read = readToken(token(kHeader, R"({"sub":"me","exp":1})"));
        QVERIFY(read);
        QCOMPARE(read->algorithm, "ES256");
        QCOMPARE(read->keyId, "k1");
        QCOMPARE(read->claims.root()["sub"].toByteArray(), "me");
        QCOMPARE(readToken(token(R"({"alg":"none"})", "{}"))->keyId, "");
    }

    void refusesEverythingElse_data()
    {
        QTest::addColumn<QByteArray>("token");
        const auto row = [](const char *name, const QByteArray &token) { QTest::newRow(name) << token; };
        row("nothing", "");
        row("an API key", "sk-123456");
        row("two parts", encoded(kHeader) + '.' + encoded("{}"));
        row("four parts", token(kHeader, "{}") + ".c2ln");
        row("an encrypted one", token(kHeader, "{}") + ".a.b");
        row("no signature", encoded(kHeader) + '.' + encoded("{}") + '.');
        row("no header", '.' + encoded("{}") + ".c2ln");
        row("no claims", encoded(kHeader) + "..c2ln");
        row("header is no JSON", token("alg", "{}"));
        row("header is a list", token("[]", "{}"));
        row("claims are no object", token(kHeader, "7"));
        row("claims are no UTF-8", token(kHeader, "{\"sub\":\"\xff\"}"));
        row("padding", encoded(kHeader) + '.' + QByteArray("{}").toBase64() + ".c2ln");
        row("other alphabet", encoded(kHeader) + ".e30+." + "c2ln");
        row("white space", encoded(kHeader) + ". e30.c2ln");
        row("an impossible length", encoded(kHeader) + ".e30e3.c2ln");
        row("NUL in a part", encoded(kHeader) + QByteArray(".e3\0.c2ln", 9));
        row("no algorithm", token(R"({"kid":"k1"})", "{}"));
        row("algorithm is no text", token(R"({"alg":5})", "{}"));
        row("two algorithms", token(R"({"alg":"ES256","alg":"none"})", "{}"));
        row("two subjects", token(kHeader, R"({"sub":"a","exp":1,"sub":"b"})"));
        row("key id is no text", token(R"({"alg":"ES256","kid":7})", "{}"));
        row("a long key id", token("{\"alg\":\"ES256\",\"kid\":\"" + QByteArray(300, 'k') + "\"}", "{}"));
        row("unknown extensions", token(R"({"alg":"ES256","crit":["b64"],"b64":false})", "{}"));
        row("too long", token(kHeader, "{\"sub\":\"" + QByteArray(16 * 1024, 'a') + "\"}"));
    }
    void refusesEverythingElse()
    {
        QFETCH(QByteArray, token);
        const Result<ReadToken> read = readToken(token);
        QVERIFY(!read);
        QCOMPARE(read.error().reason, "invalid_token");
        QCOMPARE(httpStatus(read.error()), 401);
    }
};

QTEST_GUILESS_MAIN(TokenReaderTest)
#include "tst_token_reader.moc"
