// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/client_connection.h"
#include "tests/unit/http/client_frames.h"
#include "tests/unit/http/connected_client.h"

#include <QSignalSpy>
#include <QTest>

using namespace std::chrono_literals;

namespace lunargate {

using test::clientFrame;
using test::clientText;
using test::ConnectedClient;

namespace {

const QByteArray kHandshake = "GET /ws HTTP/1.1\r\nHost: a\r\n\r\n"; // the handler of this test asks for no more

/// Remembers what it is told; sends back every text.
class EchoSession : public WebSocketSession
{
public:
    explicit EchoSession(bool &isAlive) : m_isAlive(isAlive) { m_isAlive = true; }
    ~EchoSession() override { m_isAlive = false; }

    void begin(WebSocketChannel &channel, RequestHandler &) override { m_channel = &channel; }
    void onText(QByteArray text) override
    {
        ++texts;
        if (text == "close")
            m_channel->close(WebSocketClose::Normal, "as you like");
        else
            m_channel->sendText(text.repeated(repeats));
    }
    void onBytesWritten() override {}
    bool isBusy() const override { return isWorking; }
    void end(End why) override
    {
        ended = why;
        if (!isWorking)
            m_channel->close(WebSocketClose::GoingAway, "the end");
    }
    void cut() override
    {
        isWorking = false;
        m_channel->sendText("last word");
        m_channel->close(WebSocketClose::GoingAway, "cut");
    }

    int texts = 0;
    int repeats = 1;
    bool isWorking = false;
    std::optional<End> ended;

private:
    bool &m_isAlive;
    WebSocketChannel *m_channel = nullptr;
};

/// A connection whose every request becomes a WebSocket.
struct Connected
{
    explicit Connected(const ConnectionLimits &connectionLimits = {}, qint64 clientBuffer = 0)
        : client(clientBuffer),
          limits(connectionLimits),
          handler(*this),
          connection(std::make_unique<ClientConnection>(client.takePeer(), limits, handler)),
          closed(connection.get(), &ClientConnection::closed),
          settled(connection.get(), &ClientConnection::settled)
    {
    }

    /// Sends the handshake and waits for its answer.
    bool open(const QByteArray &ahead = {})
    {
        client.send(kHandshake + ahead);
        if (!QTest::qWaitFor([this] { return client.received().contains("\r\n\r\n"); }))
            return false;
        head = client.received().first(client.received().indexOf("\r\n\r\n") + 4);
        return true;
    }
    /// What came behind the handshake's answer.
    QByteArray frames() { return client.received().sliced(head.size()); }

    class Upgrader : public RequestHandler
    {
    public:
        explicit Upgrader(Connected &owner) : m_owner(owner) {}
        Task<> handle(Exchange &exchange) override
        {
            m_owner.couldUpgrade = exchange.canUpgrade;
            auto session = std::make_unique<EchoSession>(m_owner.isAlive);
            m_owner.session = session.get();
            exchange.session = std::move(session);
            exchange.response.setHeader("Upgrade", "websocket");
            exchange.response.send(101, {}, {});
            co_return;
        }
        void refuse(Exchange &exchange, const Error &error) override
        {
            exchange.response.send(httpStatus(error), "text/plain", error.reason);
        }

    private:
        Connected &m_owner;
    };

    ConnectedClient client;
    ConnectionLimits limits;
    Upgrader handler;
    bool isAlive = false;
    bool couldUpgrade = false;
    EchoSession *session = nullptr;
    QByteArray head;
    std::unique_ptr<ClientConnection> connection;
    QSignalSpy closed;
    QSignalSpy settled;
};

} // namespace

class WebSocketConnectionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void answersTheHandshakeWithoutABody()
    {
        Connected c;
        QVERIFY(c.open());
        QVERIFY(c.couldUpgrade);
        QVERIFY2(c.head.startsWith("HTTP/1.1 101 Switching Protocols\r\n"), c.head.constData());
        QVERIFY(c.head.contains("\r\nConnection: Upgrade\r\n"));
        QVERIFY(!c.head.contains("Content-Length"));
        QVERIFY(!c.connection->isBusy());
    }

    void handsMessagesOverInBothDirections()
    {
        Connected c;
        QVERIFY(c.open());
        c.client.send(clientText("one") + clientFrame(0x01, "tw") + clientFrame(0x80, "o"));
        QTRY_COMPARE(c.frames(), QByteArray("\x81\x03one\x81\x03two", 10));
    }

    void readsWhatCameWithTheHandshake()
    {
        Connected c;
        QVERIFY(c.open(clientText("early")));
        QTRY_COMPARE(c.frames(), QByteArray("\x81\x05"
                                            "early",
                                            7));
    }

    void answersPings()
    {
        Connected c;
        QVERIFY(c.open());
        c.client.send(clientFrame(0x89, "are you there"));
        QTRY_COMPARE(c.frames(), QByteArray("\x8a\x0d") + "are you there");
    }

    void closesAsTheClientAsks()
    {
        Connected c;
        QVERIFY(c.open());
        c.client.send(clientFrame(0x88, QByteArray("\x03\xe9", 2)));
        QTRY_VERIFY(c.client.isClosed());
        QCOMPARE(c.frames(), QByteArray("\x88\x02\x03\xe9", 4));
        QTRY_COMPARE(c.closed.size(), 1);
        QVERIFY(!c.isAlive);
    }

    void closesAsTheSessionAsksFromInside()
    {
        Connected c;
        QVERIFY(c.open());
        c.client.send(clientText("close") + clientText("too late"));
        QTRY_VERIFY(c.client.isClosed());
        QCOMPARE(c.frames(), QByteArray("\x88\x0d\x03\xe8", 4) + "as you like");
        QTRY_VERIFY(!c.isAlive);
    }

    void closesOnWhatTheStandardForbids_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        QTest::newRow("no mask") << QByteArray::fromHex("810548656c6c6f") << 1002;
        QTest::newRow("no text") << clientText("\xff") << 1007;
        QTest::newRow("binary") << clientFrame(0x82, "x") << 1003;
        QTest::newRow("too large") << clientText(QByteArray(2000, 'x')) << 1009;
    }

    void closesOnWhatTheStandardForbids()
    {
        QFETCH(const QByteArray, bytes);
        QFETCH(const int, code);
        ConnectionLimits limits;
        limits.maxBodyBytes = 1000;
        Connected c(limits);
        QVERIFY(c.open());
        c.client.send(bytes);
        QTRY_VERIFY(c.client.isClosed());
        const QByteArray frames = c.frames();
        QCOMPARE(frames[0], '\x88');
        QCOMPARE(int(qFromBigEndian<quint16>(frames.constData() + 2)), code);
        QCOMPARE(c.session && c.isAlive ? c.session->texts : 0, 0);
    }

    void noticesThatTheClientLeft()
    {
        Connected c;
        QVERIFY(c.open());
        c.client.socket.abort();
        QTRY_COMPARE(c.closed.size(), 1);
        QVERIFY(!c.isAlive);
    }

    void endsOnceWhenTheClientBreaksOffWhileItIsClosed_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("isDrained");
        QTest::newRow("it closes") << clientFrame(0x88, QByteArray("\x03\xe9", 2)) << false;
        QTest::newRow("a bad frame") << QByteArray::fromHex("810548656c6c6f") << false;
        QTest::newRow("drained") << QByteArray() << true;
    }

    void endsOnceWhenTheClientBreaksOffWhileItIsClosed()
    {
        QFETCH(const QByteArray, bytes);
        QFETCH(const bool, isDrained);
        Connected c;
        QVERIFY(c.open());
        c.client.sendAndReset(bytes);
        if (isDrained)
            c.connection->drain(false);
        QTRY_COMPARE(c.closed.size(), 1);
        QVERIFY(!c.isAlive);
        QVERIFY(!c.connection->isBusy());
    }

    // Its pings cannot be answered any more, and its socket not be read.
    void endsOnceWhenTheClientBreaksOffBehindItsPings()
    {
        Connected c;
        QVERIFY(c.open());
        c.client.sendAndReset(clientFrame(0x89, "ping").repeated(100));
        QTRY_COMPARE(c.closed.size(), 1);
        QVERIFY(!c.isAlive);
    }

    // A client that takes nothing is not read any more, so that answers to its pings do not pile up.
    void readsNoFasterThanTheClientTakes()
    {
        Connected c({}, 1);
        c.client.send(kHandshake);
        QTRY_VERIFY(c.session);
        c.session->repeats = 2000;
        const QByteArray message = clientText(QByteArray(1000, 'x')); // two megabytes come back
        for (int sent = 0; sent < 60; ++sent) {
            c.client.send(message);
            QCoreApplication::processEvents();
        }
        QTRY_COMPARE(c.client.socket.bytesToWrite(), 0);
        // The kernel holds up to 36 MiB of them (net.ipv4.tcp_rmem and tcp_wmem).
        QVERIFY2(c.session->texts < 40, QByteArray::number(c.session->texts).constData());
        c.client.socket.setReadBufferSize(0);
        QTRY_COMPARE_WITH_TIMEOUT((c.client.forget(), c.session->texts), 60, 30'000);
    }

    void givesUpASilentClient()
    {
        ConnectionLimits limits;
        limits.webSocketPing = 20ms;
        Connected c(limits);
        QVERIFY(c.open());
        QTRY_COMPARE(c.closed.size(), 1);
        QVERIFY(c.frames().startsWith(QByteArray("\x89\x00\x89\x00\x89\x00", 6)));
    }

    void anySignOfLifeKeepsAClient()
    {
        ConnectionLimits limits;
        limits.webSocketPing = 50ms;
        Connected c(limits);
        QVERIFY(c.open());
        for (int pongs = 0; pongs < 8; ++pongs) {
            const qsizetype before = c.frames().size();
            QTRY_VERIFY(c.frames().size() > before);
            c.client.send(clientFrame(0x8A, {}));
        }
        QVERIFY(!c.client.isClosed());
    }

    void endsWhatIsTooOld()
    {
        ConnectionLimits limits;
        limits.webSocketMaxAge = 20ms;
        Connected c(limits);
        QVERIFY(c.open());
        QTRY_VERIFY(c.client.isClosed());
        QCOMPARE(c.frames(), QByteArray("\x88\x09\x03\xe9", 4) + "the end");
    }

    void waitsNoLongerForAMessageThanForARequest()
    {
        ConnectionLimits limits;
        limits.readTimeout = 50ms;
        Connected c(limits);
        QVERIFY(c.open());
        c.client.send(clientText("hello").chopped(2));
        QTRY_VERIFY(c.client.isClosed());
        QCOMPARE(int(qFromBigEndian<quint16>(c.frames().constData() + 2)), 1008);
    }

    void pingsGiveAMessageNoMoreTime()
    {
        ConnectionLimits limits;
        limits.readTimeout = 100ms;
        Connected c(limits);
        QVERIFY(c.open());
        QObject::connect(&c.client.socket, &QTcpSocket::readyRead, &c.client.socket,
                         [&c] { c.client.send(clientFrame(0x89, "more")); });
        c.client.send(clientFrame(0x01, "begun") + clientFrame(0x89, "first"));
        QTRY_VERIFY(c.client.isClosed());
        QVERIFY(c.frames().contains("a message came too slowly"));
    }

    void drainsAtOnceWhenIdle()
    {
        Connected c;
        QVERIFY(c.open());
        c.connection->drain(false);
        QTRY_VERIFY(c.client.isClosed());
        QVERIFY(c.settled.size() > 0);
        QCOMPARE(c.frames(), QByteArray("\x88\x09\x03\xe9", 4) + "the end");
    }

    void drainsAfterwardsWhenBusy()
    {
        Connected c;
        QVERIFY(c.open());
        c.session->isWorking = true;
        c.connection->drain(false);
        QVERIFY(c.connection->isBusy());
        QCOMPARE(c.session->ended, WebSocketSession::End::Shutdown);
        c.client.send(clientText("close"));
        QTRY_VERIFY(c.client.isClosed());
        QVERIFY(!c.connection->isBusy());
    }

    void letsACutSessionSayALastWord()
    {
        Connected c;
        QVERIFY(c.open());
        c.session->isWorking = true;
        c.connection->cut();
        QTRY_VERIFY(c.client.isClosed());
        QCOMPARE(c.frames(), QByteArray("\x81\x09last word\x88\x05\x03\xe9", 15) + "cut");
        QTRY_COMPARE(c.closed.size(), 1);
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::WebSocketConnectionTest)
#include "tst_websocket_connection.moc"
