// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/backend_address.h"

#include <QTest>

using namespace lunargate;

/// Where remote control connects to, and where it does not.
class BackendAddressTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void isTheWebSocketBesideTheCollector_data()
    {
        QTest::addColumn<QByteArray>("backend");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const char *backend, const char *expected) {
            QTest::newRow(name) << QByteArray(backend) << QByteArray(expected);
        };
        row("the default", "https://api.lunargate.ai/v1", "wss://api.lunargate.ai/v1/remote-control/ws/gateway");
        row("a port", "https://host.test:8443", "wss://host.test:8443/remote-control/ws/gateway");
        row("slashes at the end", "https://host.test/v1//", "wss://host.test/v1/remote-control/ws/gateway");
        row("escapes", "https://host.test/a%2Fb", "wss://host.test/a%2Fb/remote-control/ws/gateway");
        row("this machine by address", "http://127.0.0.1:9/v1", "ws://127.0.0.1:9/v1/remote-control/ws/gateway");
        row("another of its addresses", "http://127.8.8.8", "ws://127.8.8.8/remote-control/ws/gateway");
        row("IPv6", "http://[::1]:9/v1", "ws://[::1]:9/v1/remote-control/ws/gateway");
        row("this machine by name", "http://localhost:9", "ws://localhost:9/remote-control/ws/gateway");
        row("no credentials", "https://me:secret@host.test/v1", "wss://host.test/v1/remote-control/ws/gateway");
    }

    void isTheWebSocketBesideTheCollector()
    {
        QFETCH(const QByteArray, backend);
        QFETCH(const QByteArray, expected);
        const auto address = backendAddress(backend);
        QVERIFY2(address.has_value(), address ? "" : address.error().constData());
        QCOMPARE(address->toEncoded(), expected);
    }

    void sendsNoKeyInTheClear_data()
    {
        QTest::addColumn<QByteArray>("backend");
        for (const char *backend :
             {"http://api.lunargate.ai/v1", "http://10.0.0.1", "http://0.0.0.0", "http://localhost.evil.test",
              "http://backend.localhost", "http://127.0.0.1.evil.test", "http://[::2]"})
            QTest::newRow(backend) << QByteArray(backend);
    }

    void sendsNoKeyInTheClear()
    {
        QFETCH(const QByteArray, backend);
        const auto address = backendAddress(backend);
        QVERIFY(!address);
        QVERIFY(address.error().contains("https://"));
    }

    void refusesOtherAddresses_data()
    {
        QTest::addColumn<QByteArray>("backend");
        for (const char *backend : {"", "ftp://host.test", "host.test/v1", "https://", "wss:/x"})
            QTest::newRow(*backend ? backend : "nothing") << QByteArray(backend);
    }

    void refusesOtherAddresses()
    {
        QFETCH(const QByteArray, backend);
        QVERIFY(!backendAddress(backend));
    }
};

QTEST_GUILESS_MAIN(BackendAddressTest)
#include "tst_backend_address.moc"
