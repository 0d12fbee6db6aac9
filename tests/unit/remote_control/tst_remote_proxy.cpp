// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_upstream.h"
#include "tests/unit/remote_control/remote_client_fixture.h"

#include <QLoggingCategory>
#include <QTcpServer>
#include <QTcpSocket>

using namespace lunargate;
using namespace lunargate::test;
using Fixture = RemoteClientFixture;

namespace {

/// Set for a while.
class EnvironmentVariable
{
public:
    EnvironmentVariable(const char *name, const QByteArray &value) : m_name(name), m_before(qgetenv(name))
    {
        qputenv(m_name, value);
    }
    ~EnvironmentVariable() { m_before.isNull() ? qunsetenv(m_name) : qputenv(m_name, m_before); }
    EnvironmentVariable(const EnvironmentVariable &) = delete;
    EnvironmentVariable &operator=(const EnvironmentVariable &) = delete;

private:
    const char *m_name;
    const QByteArray m_before;
};

} // namespace

/// The way to the backend that the environment says.
class RemoteProxyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        QLoggingCategory::setFilterRules(QStringLiteral("lunargate.remote_control.info=false"));
    }

    void goesThroughTheProxyOfTheEnvironment()
    {
        QTcpServer proxy;
        QByteArray received;
        QVERIFY(proxy.listen(QHostAddress::LocalHost));
        connect(&proxy, &QTcpServer::newConnection, &proxy, [&] {
            QTcpSocket *const socket = proxy.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [&, socket] {
                received += socket->readAll();
                socket->write("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
                socket->disconnectFromHost();
            });
        });
        const EnvironmentVariable https("HTTPS_PROXY", "http://127.0.0.1:" + QByteArray::number(proxy.serverPort()));
        Fixture f({.firstRetry = 1h});
        f.config.dataSharing.backendUrl = "https://backend.test/v1";
        expectWarning("^remote control is not connected; it is tried again backend=wss://backend.test/");
        f.apply();
        QVERIFY(f.waitForState(State::Waiting));
        QVERIFY2(received.startsWith("CONNECT backend.test:443 "), received);
        QVERIFY(!received.contains(kKey));
    }

    void asksNoProxyForThisMachine()
    {
        const QByteArray nowhere = "http://127.0.0.1:" + QByteArray::number(refusingPort());
        const EnvironmentVariable http("http_proxy", nowhere);
        const EnvironmentVariable all("all_proxy", nowhere);
        Fixture f;
        f.config.dataSharing.backendUrl.replace("127.0.0.1", "localhost");
        QVERIFY(f.start());
    }

    void usesNoOtherWayThanTheProxy()
    {
        const EnvironmentVariable https("HTTPS_PROXY", "https://proxy.test");
        Fixture f;
        f.config.dataSharing.backendUrl = "https://backend.test/v1";
        QTest::ignoreMessage(QtCriticalMsg,
                             QRegularExpression(QStringLiteral("^remote control cannot connect .*HTTPS_PROXY")));
        f.apply();
        QVERIFY(f.waitForState(State::Failed));
        QVERIFY(f.board.status().why.contains("HTTPS_PROXY"));
    }
};

QTEST_GUILESS_MAIN(RemoteProxyTest)
#include "tst_remote_proxy.moc"
