// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/credential.h"

#include <QTest>

using namespace lunargate;

class CredentialTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void findsWhatTheClientShows_data()
    {
        QTest::addColumn<HeaderList>("headers");
        QTest::addColumn<QByteArray>("shown"); // `missing` and `malformed` are problems
        const auto row = [](const char *name, HeaderList headers, QByteArray shown) {
            QTest::newRow(name) << std::move(headers) << std::move(shown);
        };
        row("nothing", {}, "missing");
        row("bearer", {{"Authorization", "Bearer k1"}}, "k1");
        row("any case", {{"authorization", "bEARER k1"}}, "k1");
        row("white space", {{"Authorization", "  Bearer   k1 "}}, "k1");
        row("another scheme", {{"Authorization", "Basic k1"}}, "malformed");
        row("no scheme", {{"Authorization", "k1"}}, "malformed");
        row("scheme alone", {{"Authorization", "Bearer"}}, "malformed");
        row("scheme and a blank", {{"Authorization", "Bearer "}}, "malformed");
        row("scheme without a blank", {{"Authorization", "Bearerk1"}}, "malformed");
        row("x-api-key", {{"x-api-key", " k2 "}}, "k2");
        row("api-key", {{"api-key", "k3"}}, "k3");
        row("x-api-key before api-key", {{"api-key", "k3"}, {"X-API-Key", "k2"}}, "k2");
        row("empty x-api-key", {{"X-API-Key", ""}, {"api-key", "k3"}}, "k3");
        row("empty both", {{"X-API-Key", ""}, {"api-key", " "}}, "missing");
        row("the configured one counts first", {{"X-API-Key", "k2"}, {"Authorization", "Bearer k1"}}, "k1");
        row("another scheme and x-api-key", {{"Authorization", "Basic k1"}, {"X-API-Key", "k2"}}, "k2");
    }
    void findsWhatTheClientShows()
    {
        QFETCH(HeaderList, headers);
        QTEST(shownText(SecurityConfig(), headers), "shown");
    }

    void otherHeadersCountOnlyIfTheyMay()
    {
        SecurityConfig security;
        security.allowXApiKey = false;
        QCOMPARE(shownText(security, {{"X-API-Key", "k2"}, {"api-key", "k3"}}), "missing");
        QCOMPARE(shownText(security, {{"X-API-Key", "k2"}, {"Authorization", "Bearer k1"}}), "k1");
    }

    void aHeaderOfItsOwnMayHaveNoPrefix()
    {
        SecurityConfig security;
        security.header = "X-Gate";
        security.prefix = "";
        QCOMPARE(shownText(security, {{"x-gate", " k1 "}, {"X-API-Key", "k2"}}), "k1");
        QCOMPARE(shownText(security, {{"x-gate", ""}}), "malformed");
        QCOMPARE(shownText(security, {{"Authorization", "Bearer k1"}}), "missing");
    }

private:
    static QByteArray shownText(const SecurityConfig &security, const HeaderList &headers)
    {
        const auto shown = shownCredential(security, headers);
        if (shown)
            return *shown;
        return shown.error() == CredentialProblem::Missing ? "missing" : "malformed";
    }
};

QTEST_GUILESS_MAIN(CredentialTest)
#include "tst_credential.moc"
