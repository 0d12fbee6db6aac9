// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/service_request.h"

#include <QTest>

namespace lunargate {

class ServiceRequestTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void buildsAddresses_data();
    void buildsAddresses();
    void showsTheKeyAsTheServiceWants_data();
    void showsTheKeyAsTheServiceWants();
    void headersOfTheConfigurationWin();
};

namespace {

using Query = std::map<QByteArray, QByteArray>;

QByteArray textOf(const HeaderList &headers)
{
    QByteArrayList lines;
    for (const HeaderList::Field &field : headers)
        lines << field.name + ": " + field.value;
    return lines.join('\n');
}

} // namespace

void ServiceRequestTest::buildsAddresses_data()
{
    QTest::addColumn<QByteArray>("baseUrl");
    QTest::addColumn<Query>("query");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, QByteArray baseUrl, Query query, QByteArray expected) {
        QTest::newRow(name) << std::move(baseUrl) << std::move(query) << std::move(expected);
    };
    row("plain", "https://api.openai.com/v1", {}, "https://api.openai.com/v1/chat/completions");
    row("port and escapes", "http://127.0.0.1:8000/a%20b/v1", {}, "http://127.0.0.1:8000/a%20b/v1/chat/completions");
    row("Azure, v1", "https://r.openai.azure.com/openai/v1", {},
        "https://r.openai.azure.com/openai/v1/chat/completions");
    row("Azure, classic", "https://r.openai.azure.com/openai/deployments/d", {{"api-version", "2024-10-21"}},
        "https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21");
    row("several, escaped", "https://h/v1", {{"a", "1 & 2"}, {"b c", "\xC3\xA9"}},
        "https://h/v1/chat/completions?a=1%20%26%202&b%20c=%C3%A9");
    row("a query in the address", "https://h/v1/?key=x", {{"a", "1"}}, "https://h/v1/chat/completions?key=x&a=1");
}

void ServiceRequestTest::buildsAddresses()
{
    QFETCH(const QByteArray, baseUrl);
    QFETCH(const Query, query);
    ProviderConfig provider;
    provider.baseUrl = baseUrl;
    provider.query = query;
    QTEST(serviceUrl(provider, "/chat/completions").toEncoded(), "expected");
}

void ServiceRequestTest::showsTheKeyAsTheServiceWants_data()
{
    QTest::addColumn<KeyScheme>("scheme");
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("bearer") << KeyScheme::Bearer << QByteArray("sk-1") << QByteArray("Authorization: Bearer sk-1");
    QTest::newRow("header") << KeyScheme::Header << QByteArray("sk-1") << QByteArray("api-key: sk-1");
    QTest::newRow("none") << KeyScheme::None << QByteArray("sk-1") << QByteArray();
    QTest::newRow("bearer without a key") << KeyScheme::Bearer << QByteArray() << QByteArray();
    QTest::newRow("header without a key") << KeyScheme::Header << QByteArray() << QByteArray();
}

void ServiceRequestTest::showsTheKeyAsTheServiceWants()
{
    QFETCH(const KeyScheme, scheme);
    QFETCH(const QByteArray, key);
    ProviderConfig provider;
    provider.auth = {.scheme = scheme, .header = "api-key"};
    provider.apiKey = SecretString(key);
    QTEST(textOf(serviceHeaders(provider)), "expected");
}

void ServiceRequestTest::headersOfTheConfigurationWin()
{
    ProviderConfig provider;
    provider.apiKey = SecretString("sk-1");
    provider.headers = {{"authorization", "Token t"}, {"http-referer", "https://example.com"}};
    QCOMPARE(textOf(serviceHeaders(provider)), "authorization: Token t\nhttp-referer: https://example.com");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ServiceRequestTest)
#include "tst_service_request.moc"
