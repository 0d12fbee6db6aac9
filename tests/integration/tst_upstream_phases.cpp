// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/metrics_text.h"
#include "tests/unit/upstream/raw_upstream.h"
#include "tests/unit/upstream/tls_certificate.h"

#include <QTemporaryFile>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

/// What the metrics say of the calls to `fake`.
struct Counted
{
    double newConnections = 0;
    double reusedConnections = 0;
    double dns = 0;
    double connect = 0;
    double tls = 0;
    double firstByte = 0;

    bool operator==(const Counted &) const = default;
};

Counted countedBy(const GatewayProcess &gateway)
{
    const MetricsText metrics(HttpClient(gateway.port()).get("/metrics").body);
    const auto connections = [&](const char *state) {
        return metrics.sum("lunargate_upstream_connections_total", {{"provider", "fake"}, {"state", state}});
    };
    const auto calls = [&](const char *phase) {
        return metrics.sum("lunargate_upstream_phase_seconds_count", {{"provider", "fake"}, {"phase", phase}});
    };
    return {.newConnections = connections("new"),
            .reusedConnections = connections("reused"),
            .dns = calls("dns"),
            .connect = calls("connect"),
            .tls = calls("tls"),
            .firstByte = calls("first_byte")};
}

QByteArray textOf(const Counted &counted)
{
    QByteArrayList numbers;
    for (const double number : {counted.newConnections, counted.reusedConnections, counted.dns, counted.connect,
                                counted.tls, counted.firstByte})
        numbers += QByteArray::number(number);
    return "new, reused, dns, connect, tls, first byte: " + numbers.join(' ');
}

ConfigChanges over(const QByteArray &transport)
{
    return {.server = "workers: 1", .sections = "upstream: {transport: " + transport + "}\n"};
}

} // namespace

/// How calls got to their provider, as /metrics tells it.
class UpstreamPhasesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void aConnectionCountsWhenItIsMade_data();
    void aConnectionCountsWhenItIsMade();
    void failedCallsCountToo();
    void tlsIsAPhaseOfItsOwn();
};

void UpstreamPhasesTest::aConnectionCountsWhenItIsMade_data()
{
    QTest::addColumn<QByteArray>("transport");
    QTest::addColumn<double>("lookups"); // of an address, which libcurl times all the same
    QTest::newRow("auto") << QByteArray("auto") << 0.0;
    QTest::newRow("libcurl") << QByteArray("curl") << 1.0;
}

void UpstreamPhasesTest::aConnectionCountsWhenItIsMade()
{
    QFETCH(const QByteArray, transport);
    QFETCH(const double, lookups);
    GatewayFixture f;
    QVERIFY(f.start(over(transport)));
    QCOMPARE(countedBy(f.gateway), Counted{});

    QCOMPARE(f.chat().status, 200);
    Counted counted = countedBy(f.gateway);
    const Counted first{.newConnections = 1, .dns = lookups, .connect = 1, .firstByte = 1};
    QVERIFY2(counted == first, textOf(counted));

    QCOMPARE(f.chat().status, 200);
    QCOMPARE(f.chat(chatBody("fake-model", R"("stream":true)")).status, 200);
    QCOMPARE(f.upstream.connectionCount(), 1);
    counted = countedBy(f.gateway);
    const Counted all{.newConnections = 1, .reusedConnections = 2, .dns = lookups, .connect = 1, .firstByte = 3};
    QVERIFY2(counted == all, textOf(counted));
}

void UpstreamPhasesTest::failedCallsCountToo()
{
    GatewayFixture f;
    f.upstream.enqueue(Script::json(503, "{}"));
    QVERIFY(f.start(over("auto")));
    QCOMPARE(f.chat().status, 200);
    QCOMPARE(f.upstream.requestCount(), 2);
    const Counted counted = countedBy(f.gateway);
    QVERIFY2(counted.firstByte == 2, textOf(counted));
    QVERIFY2(counted.newConnections == f.upstream.connectionCount(), textOf(counted));
    QVERIFY2(counted.newConnections + counted.reusedConnections == 2, textOf(counted));
}

void UpstreamPhasesTest::tlsIsAPhaseOfItsOwn()
{
    QTemporaryFile certificate;
    QVERIFY(certificate.open());
    QCOMPARE(certificate.write(kCertificate), kCertificate.size());
    QVERIFY(certificate.flush());
    RawUpstream provider(kCertificate, kCertificateKey);
    provider.answer = [](QTcpSocket *socket) {
        const QByteArray body = R"({"id":"c","object":"chat.completion","model":"fake-model","choices":[{"index":0,)"
                                R"("message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]})";
        socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                      QByteArray::number(body.size()) + "\r\n\r\n" + body);
    };
    GatewayFixture f;
    f.gateway.setEnvironment("SSL_CERT_FILE=" + certificate.fileName().toUtf8());
    const QByteArray url = provider.url(QStringLiteral("/v1")).toEncoded();
    QVERIFY(f.gateway.start(simpleConfig(f.upstream, over("auto")).replace(f.upstream.url(), url)));
    for (int i = 0; i < 2; ++i) {
        const HttpAnswer answer = f.chat();
        QVERIFY2(answer.status == 200, answer.summary().constData());
    }
    QCOMPARE(provider.connections, 1);
    const Counted counted = countedBy(f.gateway);
    const Counted expected{
        .newConnections = 1, .reusedConnections = 1, .dns = 1, .connect = 1, .tls = 1, .firstByte = 2};
    QVERIFY2(counted == expected, textOf(counted));
}

QTEST_GUILESS_MAIN(UpstreamPhasesTest)
#include "tst_upstream_phases.moc"
