// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/token_claims.h"

#include <QTest>

using namespace lunargate;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::sys_seconds kNow{1'800'000'000s};

SecurityConfig::Jwt rules()
{
    SecurityConfig::Jwt rules;
    rules.issuer = "id.test";
    rules.audience = {"gate", "other"};
    rules.leeway = 60s;
    rules.adminClaim = "realm.roles=boss";
    return rules;
}

/// The name, with `!` if it is an administrator's; else the reason for the refusal.
QByteArray outcome(const QByteArray &claims, const SecurityConfig::Jwt &rules)
{
    const auto document = json::Document::parse(claims);
    if (!document)
        return "no JSON";
    const Result<TokenCaller> caller = checkClaims(document->root(), rules, kNow);
    if (!caller)
        return caller.error().reason;
    return caller->name + (caller->isAdmin ? "!" : "");
}

} // namespace

class TokenClaimsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void claimsDecide_data()
    {
        QTest::addColumn<QByteArray>("claims");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const char *claims, const char *expected) {
            QTest::newRow(name) << QByteArray(claims) << QByteArray(expected);
        };
        row("good", R"({"iss":"id.test","aud":"gate","sub":"me","exp":1800000001})", "me");
        row("among audiences", R"({"iss":"id.test","aud":["x","other"],"sub":"me","exp":1800000001})", "me");
        row("name of remote control", R"({"iss":"id.test","aud":"gate","sub":"remote-control","exp":1800000001})",
            "invalid_token");
        row("name of the admin token", R"({"iss":"id.test","aud":"gate","sub":"admin-token","exp":1800000001})",
            "invalid_token");
        row("expired within the leeway", R"({"iss":"id.test","aud":"gate","sub":"me","exp":1799999941})", "me");
        row("expired", R"({"iss":"id.test","aud":"gate","sub":"me","exp":1799999940})", "expired_token");
        row("half a second left", R"({"iss":"id.test","aud":"gate","sub":"me","exp":1799999941.5})", "me");
        row("far future", R"({"iss":"id.test","aud":"gate","sub":"me","exp":1e300})", "me");
        row("far past", R"({"iss":"id.test","aud":"gate","sub":"me","exp":-1e300})", "expired_token");
        row("no end", R"({"iss":"id.test","aud":"gate","sub":"me"})", "invalid_token");
        row("end is a text", R"({"iss":"id.test","aud":"gate","sub":"me","exp":"1800000001"})", "invalid_token");
        row("begins within the leeway",
            R"({"iss":"id.test","aud":"gate","sub":"me","exp":1800009999,"nbf":1800000060})", "me");
        row("begins later", R"({"iss":"id.test","aud":"gate","sub":"me","exp":1800009999,"nbf":1800000061})",
            "early_token");
        row("beginning is a text", R"({"iss":"id.test","aud":"gate","sub":"me","exp":1800009999,"nbf":"now"})",
            "invalid_token");
        row("other issuer", R"({"iss":"id.test/","aud":"gate","sub":"me","exp":1800000001})", "invalid_token");
        row("no issuer", R"({"aud":"gate","sub":"me","exp":1800000001})", "invalid_token");
        row("several issuers", R"({"iss":["id.test"],"aud":"gate","sub":"me","exp":1800000001})", "invalid_token");
        row("other audience", R"({"iss":"id.test","aud":"gates","sub":"me","exp":1800000001})", "invalid_token");
        row("no audience", R"({"iss":"id.test","sub":"me","exp":1800000001})", "invalid_token");
        row("no audiences", R"({"iss":"id.test","aud":[],"sub":"me","exp":1800000001})", "invalid_token");
        row("audience is true", R"({"iss":"id.test","aud":true,"sub":"me","exp":1800000001})", "invalid_token");
        row("no subject", R"({"iss":"id.test","aud":"gate","exp":1800000001})", "invalid_token");
        row("empty subject", R"({"iss":"id.test","aud":"gate","sub":"","exp":1800000001})", "invalid_token");
        row("subject is a number", R"({"iss":"id.test","aud":"gate","sub":7,"exp":1800000001})", "invalid_token");
        row("administrator",
            R"({"iss":"id.test","aud":"gate","sub":"me","exp":1800000001,"realm":{"roles":["x","boss"]}})", "me!");
        row("other roles", R"({"iss":"id.test","aud":"gate","sub":"me","exp":1800000001,"realm":{"roles":["bosses"]}})",
            "me");
        row("role in a sentence",
            R"({"iss":"id.test","aud":"gate","sub":"me","exp":1800000001,"realm":{"roles":"no boss"}})", "me");
        row("role as the only one",
            R"({"iss":"id.test","aud":"gate","sub":"me","exp":1800000001,"realm":{"roles":"boss"}})", "me!");
        row("path as a name", R"({"iss":"id.test","aud":"gate","sub":"me","exp":1800000001,"realm.roles":"boss"})",
            "me!");
    }
    void claimsDecide()
    {
        QFETCH(QByteArray, claims);
        QTEST(outcome(claims, rules()), "expected");
    }

    void claimsOfAdministrators_data()
    {
        QTest::addColumn<QByteArray>("adminClaim");
        QTest::addColumn<QByteArray>("claim");
        QTest::addColumn<bool>("isAdmin");
        const auto row = [](const char *adminClaim, const char *claim, bool isAdmin) {
            QTest::newRow((QByteArray(adminClaim) + " and " + claim).constData())
                << QByteArray(adminClaim) << QByteArray(claim) << isAdmin;
        };
        row("scope=gate:admin", R"("scope":"openid gate:admin")", true);
        row("scp=gate:admin", R"("scp":["gate:admin"])", true);
        row("scope=gate:admin", R"("scope":"gate:administrator")", false);
        row("admin=true", R"("admin":true)", true);
        row("admin=true", R"("admin":false)", false);
        row("admin=true", R"("admin":1)", false);
        row("admin=false", R"("admin":null)", false);
        row("", R"("":"")", false);
        row("admin=", R"("admin":"")", false);
    }
    void claimsOfAdministrators()
    {
        QFETCH(QByteArray, adminClaim);
        QFETCH(QByteArray, claim);
        QFETCH(bool, isAdmin);
        SecurityConfig::Jwt rules;
        rules.adminClaim = adminClaim;
        QCOMPARE(outcome(R"({"sub":"me","exp":1800000001,)" + claim + '}', rules), isAdmin ? "me!" : "me");
    }

    void withoutRulesAnyIssuerIsTaken()
    {
        SecurityConfig::Jwt rules;
        rules.nameClaim = "email";
        QCOMPARE(outcome(R"({"email":"a@b.test","exp":1800000001})", rules), "a@b.test");
    }
};

QTEST_GUILESS_MAIN(TokenClaimsTest)
#include "tst_token_claims.moc"
