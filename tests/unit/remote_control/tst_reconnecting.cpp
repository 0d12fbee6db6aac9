// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/connection_problem.h"
#include "gateway/remote_control/reconnect_delay.h"

#include <QTest>

using namespace lunargate;
using namespace std::chrono_literals;

/// When the backend is tried again, and what is told of why it must be.
class ReconnectingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void waitsLongerAndLonger()
    {
        ReconnectDelay delay;
        for (const auto wait : {1s, 2s, 4s, 8s, 16s, 16s, 16s})
            QCOMPARE(delay.next(0), std::chrono::milliseconds(wait));
    }

    void spreadsTheWaitAtRandom()
    {
        ReconnectDelay delay;
        delay.next(0);
        QCOMPARE(delay.next(0.5), 1500ms); // of two seconds
        QCOMPARE(delay.next(0.75), 2500ms);
    }

    void aConnectionThatLastedStartsAnew()
    {
        ReconnectDelay delay;
        delay.next(0);
        delay.next(0);
        delay.connectionEnded(ReconnectDelay::kLasting);
        QCOMPARE(delay.next(0), 1000ms);
    }

    void aConnectionThatDidNotLastChangesNothing()
    {
        ReconnectDelay delay;
        delay.next(0);
        delay.next(0);
        delay.connectionEnded(ReconnectDelay::kLasting - 1ms);
        QCOMPARE(delay.next(0), 4000ms);
    }

    void tellsProblems_data()
    {
        QTest::addColumn<QString>("qtText");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("isRefusing");
        const QString prefix = QStringLiteral("QWebSocketPrivate::processHandshake: ");
        const QByteArray noServer = "the backend does not answer as a WebSocket server";
        QTest::newRow("a status, without the words of the server")
            << prefix + QStringLiteral("Unhandled http status code: 403 (key sk-1234 is bad).")
            << QByteArray("the backend answered with status 403") << true;
        QTest::newRow("another status") << prefix + QStringLiteral("Unhandled http status code: 502 (Bad Gateway).")
                                        << QByteArray("the backend answered with status 502") << false;
        QTest::newRow("401 with a challenge") << QStringLiteral("QWebSocket::processHandshake: Host requires "
                                                                "authentication")
                                              << QByteArray("the backend answered with status 401") << true;
        QTest::newRow("401 without one that is known")
            << prefix + QStringLiteral("Unsupported WWW-Authenticate challenge encountered.")
            << QByteArray("the backend answered with status 401") << true;
        QTest::newRow("no HTTP") << QStringLiteral("Invalid statusline in response: secret.") << noServer << false;
        QTest::newRow("a wrong key of the handshake")
            << QStringLiteral("Accept-Key received from server x does not match the client key y.") << noServer
            << false;
        QTest::newRow("the network") << QStringLiteral("Connection refused") << QByteArray("Connection refused")
                                     << false;
        QTest::newRow("a secret all the same")
            << QStringLiteral("Bearer abcdefghijklmnop1234") << QByteArray("Bearer ***") << false;
    }

    void tellsProblems()
    {
        QFETCH(const QString, qtText);
        const ConnectionProblem problem = connectionProblem(qtText);
        QTEST(problem.text, "text");
        QTEST(problem.isRefusing, "isRefusing");
    }
};

QTEST_GUILESS_MAIN(ReconnectingTest)
#include "tst_reconnecting.moc"
