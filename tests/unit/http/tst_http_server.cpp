// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/event.h"
#include "gateway/http/http_server.h"

#include <QDeadlineTimer>
#include <QSignalSpy>
#include <QTcpSocket>
#include <QTest>
#include <QThread>

#include <mutex>
#include <set>

namespace lunargate {

using namespace std::chrono_literals;

namespace {

/// What the handlers of all workers did, and the way to let them go on. Any thread.
struct Observed
{
    std::atomic<int> handled = 0;
    std::atomic<int> running = 0;

    std::mutex mutex; // protects the members below
    std::set<QThread *> threads;
    std::vector<class WaitingHandler *> handlers;
};

/// Answers `/` at once with the worker's name, and everything else when it is let go. Lives in a worker's thread.
class WaitingHandler : public RequestHandler
{
public:
    explicit WaitingHandler(Observed &observed) : m_observed(observed)
    {
        const std::lock_guard lock(observed.mutex);
        observed.threads.insert(QThread::currentThread());
        observed.handlers.push_back(this);
    }
    ~WaitingHandler() override
    {
        const std::lock_guard lock(m_observed.mutex);
        std::erase(m_observed.handlers, this);
    }

    Task<> handle(Exchange &exchange) override
    {
        const Running running(m_observed.running);
        ++m_observed.handled;
        if (exchange.request.target == "/flood")
            co_await flood(exchange);
        if (exchange.request.target != "/")
            co_await m_go.emplace_back(std::make_unique<Event>())->wait();
        exchange.response.send(200, "text/plain", QThread::currentThread()->objectName().toUtf8());
    }

    // More than anybody takes; and a last word that nobody takes either.
    static Task<> flood(Exchange &exchange)
    {
        struct LastWord
        {
            Exchange &exchange;
            ~LastWord() { exchange.response.finishStream(); }
        };
        exchange.response.startStream(200, "text/plain");
        const LastWord lastWord{exchange};
        for (;;) {
            exchange.response.write(QByteArray(256 * 1024, 'x'));
            while (exchange.response.isCongested())
                co_await exchange.response.drained();
        }
    }

    void refuse(Exchange &exchange, const Error &error) override
    {
        exchange.response.send(httpStatus(error), "text/plain", error.reason);
    }

    void letGo()
    {
        const auto notifyAll = [this] {
            for (const auto &event : m_go)
                event->notify();
        };
        QMetaObject::invokeMethod(&m_inThread, notifyAll, Qt::QueuedConnection);
    }

private:
    struct Running
    {
        explicit Running(std::atomic<int> &runningCount) : count(runningCount) { ++count; }
        ~Running() { --count; }
        std::atomic<int> &count;
    };

    Observed &m_observed;
    QObject m_inThread;
    std::vector<std::unique_ptr<Event>> m_go; // one a request
};

} // namespace

class HttpServerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void makesAHandlerInEveryWorker();
    void acceptsNothingBeforeAllWorkersAreReady();
    void spreadsConnectionsOverTheWorkers();
    void refusesConnectionsOverTheLimit();
    void letsRunningRequestsFinish();
    void cutsWhatRunsTooLongAfterTheStop();
    void closesOnClientsThatTakeNotEvenTheLastWord();
    void stopsAtOnceWhenNothingRuns();
    void acceptsNoMoreAfterTheStop();
    void stopsOnce();
    void endsInTheMiddleOfRequests();
    void endsWhileClientsConnect();

private:
    std::unique_ptr<HttpServer> start(int workers, int maxConnections = 10'000);
    std::unique_ptr<QTcpSocket> connectTo(const HttpServer &server);
    QByteArray get(QTcpSocket &socket, const QByteArray &target = "/");
    void letAllGo();

    std::unique_ptr<Observed> m_observed;
};

void HttpServerTest::init()
{
    QTest::failOnWarning();
    m_observed = std::make_unique<Observed>();
}

void HttpServerTest::cleanup()
{
    QCOMPARE(m_observed->handlers.size(), 0); // each test's server took its handlers with it
    QCOMPARE(m_observed->running, 0);
}

std::unique_ptr<HttpServer> HttpServerTest::start(int workers, int maxConnections)
{
    Result<ListeningSockets> sockets = ListeningSockets::bind("127.0.0.1", 0);
    if (!sockets)
        qFatal("%s", sockets.error().message.constData());
    auto server = std::make_unique<HttpServer>(*std::move(sockets),
                                               HttpWorker::Settings{.limits = {}, .maxConnections = maxConnections});
    server->start(workers, [this] { return std::make_unique<WaitingHandler>(*m_observed); });
    return server;
}

std::unique_ptr<QTcpSocket> HttpServerTest::connectTo(const HttpServer &server)
{
    auto socket = std::make_unique<QTcpSocket>();
    socket->connectToHost(QHostAddress(QHostAddress::LocalHost), server.sockets().port());
    return socket;
}

// The answer's body; empty if the connection ended without one.
QByteArray HttpServerTest::get(QTcpSocket &socket, const QByteArray &target)
{
    socket.write("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    QByteArray answer;
    const auto isComplete = [&] {
        answer += socket.readAll();
        const qsizetype headEnd = answer.indexOf("\r\n\r\n");
        const qsizetype length = answer.indexOf("Content-Length: ");
        return headEnd >= 0 && length >= 0 &&
               answer.size() >=
                   headEnd + 4 + answer.sliced(length + 16, answer.indexOf('\r', length) - length - 16).toInt();
    };
    if (!QTest::qWaitFor([&] { return isComplete() || socket.state() == QAbstractSocket::UnconnectedState; }, 10'000))
        return {};
    return isComplete() ? answer.sliced(answer.indexOf("\r\n\r\n") + 4) : QByteArray();
}

void HttpServerTest::letAllGo()
{
    const std::lock_guard lock(m_observed->mutex);
    for (WaitingHandler *handler : m_observed->handlers)
        handler->letGo();
}

void HttpServerTest::makesAHandlerInEveryWorker()
{
    const auto server = start(3);
    QCOMPARE(m_observed->threads.size(), 3);
    QVERIFY(!m_observed->threads.contains(QThread::currentThread()));
    const auto client = connectTo(*server);
    QVERIFY(get(*client).startsWith("worker-"));
}

// Clients may wait already when the program starts, and a worker hands connections to the others.
void HttpServerTest::acceptsNothingBeforeAllWorkersAreReady()
{
    Result<ListeningSockets> sockets = ListeningSockets::bind("127.0.0.1", 0);
    QVERIFY(sockets.has_value());
    HttpServer server(*std::move(sockets), HttpWorker::Settings{});
    std::vector<std::unique_ptr<QTcpSocket>> clients;
    for (int i = 0; i < 6; ++i) {
        clients.push_back(connectTo(server));
        QVERIFY(clients.back()->waitForConnected());
        clients.back()->write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QVERIFY(clients.back()->waitForBytesWritten());
    }
    int made = 0;
    int tooEarly = 0;
    server.start(3, [&] {
        auto handler = std::make_unique<WaitingHandler>(*m_observed);
        // Time for the first worker to do what it must not do yet.
        const QDeadlineTimer limit(++made == 2 ? 200ms : 0ms);
        while (!limit.hasExpired() && m_observed->handled == 0)
            QThread::yieldCurrentThread();
        tooEarly += m_observed->handled;
        return handler;
    });
    QCOMPARE(tooEarly, 0);
    for (const auto &client : clients)
        QTRY_VERIFY(client->bytesAvailable() > 0);
}

void HttpServerTest::spreadsConnectionsOverTheWorkers()
{
    const auto server = start(3);
    std::map<QByteArray, int> connections;
    std::vector<std::unique_ptr<QTcpSocket>> clients;
    for (int i = 0; i < 30; ++i) {
        clients.push_back(connectTo(*server));
        ++connections[get(*clients.back())];
    }
    QCOMPARE(connections.size(), 3);
    for (const auto &[worker, count] : connections)
        QVERIFY2(count == 10, (worker + ": " + QByteArray::number(count)).constData());
}

void HttpServerTest::refusesConnectionsOverTheLimit()
{
    const auto server = start(2, 2);
    const auto first = connectTo(*server);
    auto second = connectTo(*server);
    QVERIFY(!get(*first).isEmpty());
    QVERIFY(!get(*second).isEmpty());
    const auto third = connectTo(*server);
    QTRY_VERIFY(third->state() == QAbstractSocket::UnconnectedState);
    QVERIFY(third->readAll().startsWith("HTTP/1.1 503 "));
    QVERIFY(!get(*first).isEmpty());

    // A place that becomes free is given away again.
    second->disconnectFromHost();
    std::unique_ptr<QTcpSocket> next;
    const auto isServed = [&] {
        next = connectTo(*server);
        return get(*next).startsWith("worker-");
    };
    QVERIFY(QTest::qWaitFor(isServed, 10'000)); // not QTRY_VERIFY, which asks once more after the first yes
}

void HttpServerTest::letsRunningRequestsFinish()
{
    const auto server = start(2);
    QSignalSpy stopped(server.get(), &HttpServer::stopped);
    const auto client = connectTo(*server);
    const auto idle = connectTo(*server);
    QVERIFY(!get(*idle).isEmpty());
    client->write("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
    QTRY_COMPARE(m_observed->running, 1);
    server->stop(0ms);
    letAllGo();
    QVERIFY(stopped.wait());
    QTRY_VERIFY(client->bytesAvailable() > 0);
    const QByteArray answer = client->readAll();
    QVERIFY(answer.startsWith("HTTP/1.1 200 OK\r\n"));
    QVERIFY(answer.contains("Connection: close\r\n"));
}

void HttpServerTest::cutsWhatRunsTooLongAfterTheStop()
{
    const auto server = start(2);
    QSignalSpy stopped(server.get(), &HttpServer::stopped);
    const auto client = connectTo(*server);
    client->write("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
    QTRY_COMPARE(m_observed->running, 1);
    server->stop(20ms);
    QVERIFY(stopped.wait());
    QCOMPARE(m_observed->running, 0);
    QTRY_COMPARE(client->state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(client->bytesAvailable(), 0);
}

void HttpServerTest::closesOnClientsThatTakeNotEvenTheLastWord()
{
    const auto server = start(2);
    QSignalSpy stopped(server.get(), &HttpServer::stopped);
    const auto client = connectTo(*server);
    client->setReadBufferSize(1);
    client->write("GET /flood HTTP/1.1\r\nHost: localhost\r\n\r\n");
    QTRY_COMPARE(m_observed->running, 1);
    server->stop(20ms);
    QVERIFY(stopped.wait());
    QCOMPARE(m_observed->running, 0);
}

void HttpServerTest::stopsAtOnceWhenNothingRuns()
{
    const auto server = start(2);
    QSignalSpy stopped(server.get(), &HttpServer::stopped);
    const auto idle = connectTo(*server);
    QVERIFY(!get(*idle).isEmpty());
    server->stop(0ms);
    QVERIFY(stopped.wait());
}

void HttpServerTest::acceptsNoMoreAfterTheStop()
{
    const auto server = start(2);
    QSignalSpy stopped(server.get(), &HttpServer::stopped);
    server->stop(0ms);
    QVERIFY(stopped.wait());
    const auto client = connectTo(*server);
    QTRY_COMPARE(client->state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(client->error(), QAbstractSocket::ConnectionRefusedError);
}

void HttpServerTest::stopsOnce()
{
    const auto server = start(2);
    QSignalSpy stopped(server.get(), &HttpServer::stopped);
    server->stop(0ms);
    server->stop(0ms);
    QVERIFY(stopped.wait());
    server->stop(0ms);
    QCoreApplication::processEvents();
    QCOMPARE(stopped.size(), 1);
}

void HttpServerTest::endsInTheMiddleOfRequests()
{
    auto server = start(2);
    std::vector<std::unique_ptr<QTcpSocket>> clients;
    for (int i = 0; i < 8; ++i) {
        clients.push_back(connectTo(*server));
        clients.back()->write("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    QTRY_COMPARE(m_observed->running, 8);
    server.reset();
    QCOMPARE(m_observed->running, 0);
    for (const auto &client : clients)
        QTRY_COMPARE(client->state(), QAbstractSocket::UnconnectedState);
}

// Connections are handed from worker to worker: never to one that is gone.
void HttpServerTest::endsWhileClientsConnect()
{
    for (int round = 0; round < 20; ++round) {
        auto server = start(4);
        std::vector<std::unique_ptr<QTcpSocket>> clients;
        for (int i = 0; i < 40; ++i)
            clients.push_back(connectTo(*server));
        for (const auto &client : clients)
            client->waitForConnected(); // the kernel's doing; the workers may be at any point with them
        server.reset();
    }
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::HttpServerTest)
#include "tst_http_server.moc"
