// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/async/epoll_loop.h"

#include <QPointer>
#include <QSemaphore>
#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>
#include <QTimer>

#include <memory>

#include <fcntl.h>

namespace lunargate {

using namespace std::chrono_literals;
using namespace test;

/// Sockets, posted events and other threads; timers are in tst_epoll_timers.cpp.
class EpollDispatcherTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }
    void isTheLoopOfThisTest();
    void tellsWhatCanBeRead();
    void tellsWhatCanBeWritten();
    void tellsOfTheOtherSidesEnd();
    void servesBothDirectionsOfOneSocket();
    void servesMoreThanItTakesAtOnce();
    void aNotifierThatIsOffIsSilent();
    void aNotifierMayGoInItsOwnSlot();
    void aNotifierMayGoInTheSlotOfAnother();
    void aNumberThatIsUsedAgainIsAnotherSocket();
    void aDuplicateDoesNotKeepTheLoopAwake();
    void nestedLoopsServeTheOthers();
    void socketsCanBeLeftOut();
    void sendsPostedEvents();
    void deletesLater();
    void otherThreadsWakeIt();
    void otherThreadsEndIt();
    void qtsSocketsWorkOnIt();
};

void EpollDispatcherTest::isTheLoopOfThisTest()
{
    QVERIFY(qobject_cast<EpollDispatcher *>(QAbstractEventDispatcher::instance()));
}

void EpollDispatcherTest::tellsWhatCanBeRead()
{
    const SocketPair pair;
    Watch watch(pair.near(), QSocketNotifier::Read);
    look();
    QCOMPARE(watch.count, 0);
    pair.send();
    look();
    QCOMPARE(watch.count, 1);
    look(); // it is still there
    QCOMPARE(watch.count, 2);
    QCOMPARE(pair.take(), 1);
    look();
    QCOMPARE(watch.count, 2);
}

void EpollDispatcherTest::tellsWhatCanBeWritten()
{
    const SocketPair pair;
    Watch watch(pair.near(), QSocketNotifier::Write);
    look();
    QCOMPARE(watch.count, 1);
    pair.fill();
    look();
    QCOMPARE(watch.count, 1);
    pair.empty();
    look();
    QCOMPARE(watch.count, 2);
}

void EpollDispatcherTest::tellsOfTheOtherSidesEnd()
{
    const SocketPair pair;
    Watch read(pair.near(), QSocketNotifier::Read);
    Watch write(pair.near(), QSocketNotifier::Write);
    pair.fill();
    look();
    QCOMPARE(read.count + write.count, 0);
    ::shutdown(pair.far(), SHUT_RDWR);
    look();
    QCOMPARE(read.count, 1);
    QCOMPARE(write.count, 1);
}

void EpollDispatcherTest::servesBothDirectionsOfOneSocket()
{
    const SocketPair pair;
    Watch read(pair.near(), QSocketNotifier::Read);
    Watch write(pair.near(), QSocketNotifier::Write);
    pair.send();
    look();
    QCOMPARE(read.count, 1);
    QCOMPARE(write.count, 1);
    write.notifier.setEnabled(false);
    look();
    QCOMPARE(read.count, 2);
    QCOMPARE(write.count, 1);
    read.notifier.setEnabled(false);
    write.notifier.setEnabled(true);
    look();
    QCOMPARE(read.count, 2);
    QCOMPARE(write.count, 2);
}

void EpollDispatcherTest::servesMoreThanItTakesAtOnce()
{
    std::vector<std::unique_ptr<SocketPair>> pairs;
    std::vector<std::unique_ptr<Watch>> watches;
    for (int i = 0; i < 300; ++i) {
        pairs.push_back(std::make_unique<SocketPair>());
        watches.push_back(std::make_unique<Watch>(pairs.back()->near(), QSocketNotifier::Read));
        SocketPair *pair = pairs.back().get();
        watches.back()->onActivated = [pair] { pair->take(); };
        pair->send();
    }
    QTRY_VERIFY(std::ranges::all_of(watches, [](const auto &watch) { return watch->count == 1; }));
    look();
    QVERIFY(std::ranges::all_of(watches, [](const auto &watch) { return watch->count == 1; }));
}

void EpollDispatcherTest::aNotifierThatIsOffIsSilent()
{
    const SocketPair pair;
    Watch watch(pair.near(), QSocketNotifier::Read);
    pair.send();
    watch.notifier.setEnabled(false);
    look();
    QCOMPARE(watch.count, 0);
    watch.notifier.setEnabled(true);
    watch.notifier.setEnabled(false);
    watch.notifier.setEnabled(true);
    look();
    QCOMPARE(watch.count, 1);
    // Off while the kernel knows it, and on again before the next wait.
    watch.notifier.setEnabled(false);
    watch.notifier.setEnabled(true);
    look();
    QCOMPARE(watch.count, 2);
}

void EpollDispatcherTest::aNotifierMayGoInItsOwnSlot()
{
    const SocketPair pair;
    Watch write(pair.near(), QSocketNotifier::Write);
    auto read = std::make_unique<Watch>(pair.near(), QSocketNotifier::Read);
    int count = 0;
    read->onActivated = [&] {
        ++count;
        read->notifier.setEnabled(false);
        write.notifier.setEnabled(false);
    };
    pair.send();
    look();
    QCOMPARE(count, 1);
    QCOMPARE(write.count, 0); // reading is told first
    read.reset();
    look();
    QCOMPARE(count, 1);
}

void EpollDispatcherTest::aNotifierMayGoInTheSlotOfAnother()
{
    const SocketPair first;
    const SocketPair second;
    auto one = std::make_unique<Watch>(first.near(), QSocketNotifier::Read);
    auto two = std::make_unique<Watch>(second.near(), QSocketNotifier::Read);
    int count = 0;
    one->onActivated = [&] { ++count, two.reset(), first.take(); };
    two->onActivated = [&] { ++count, one.reset(), second.take(); };
    first.send();
    second.send();
    look();
    look();
    QCOMPARE(count, 1); // whichever came first
}

void EpollDispatcherTest::aNumberThatIsUsedAgainIsAnotherSocket()
{
    std::array<std::unique_ptr<SocketPair>, 2> pairs = {std::make_unique<SocketPair>(), std::make_unique<SocketPair>()};
    std::array<std::unique_ptr<Watch>, 2> watches;
    std::unique_ptr<SocketPair> later;
    std::unique_ptr<Watch> laterWatch;
    const auto replace = [&](size_t other) {
        if (later)
            return;
        const int number = pairs[other]->near();
        watches[other].reset();
        pairs[other].reset();
        later = std::make_unique<SocketPair>();
        QVERIFY(later->near() == number || later->far() == number);
        laterWatch = std::make_unique<Watch>(number, QSocketNotifier::Read);
    };
    for (size_t i = 0; i < 2; ++i) {
        watches[i] = std::make_unique<Watch>(pairs[i]->near(), QSocketNotifier::Read);
        watches[i]->onActivated = [&replace, i] { replace(1 - i); };
        pairs[i]->send();
    }
    look(); // both are told at once; the second one's news is of a socket that is gone
    QVERIFY(laterWatch);
    QCOMPARE(laterWatch->count, 0);
    const int end = int(laterWatch->notifier.socket()) == later->near() ? later->far() : later->near();
    QCOMPARE(::write(end, "x", 1), 1);
    look();
    QCOMPARE(laterWatch->count, 1);
}

void EpollDispatcherTest::aDuplicateDoesNotKeepTheLoopAwake()
{
    auto pair = std::make_unique<SocketPair>();
    const int duplicate = ::dup(pair->near());
    pair->send();
    {
        Watch watch(pair->near(), QSocketNotifier::Read);
        look();
        QCOMPARE(watch.count, 1);
    }
    pair.reset(); // the socket lives on in its duplicate, with the byte
    QTimer timer;
    timer.setSingleShot(true);
    timer.start(50ms);
    int turns = 0;
    while (timer.isActive()) {
        look(QEventLoop::WaitForMoreEvents);
        ++turns;
    }
    QVERIFY2(turns < 10, QByteArray::number(turns).constData());
    ::close(duplicate);
}

void EpollDispatcherTest::nestedLoopsServeTheOthers()
{
    const SocketPair outer;
    const SocketPair inner;
    Watch second(inner.near(), QSocketNotifier::Read);
    second.onActivated = [&] { inner.take(); };
    Watch first(outer.near(), QSocketNotifier::Read);
    bool wasServed = false;
    first.onActivated = [&] {
        outer.take();
        inner.send();
        wasServed = runNested([&] { return second.count == 1; });
    };
    outer.send();
    QTRY_COMPARE(first.count, 1);
    QTRY_VERIFY(wasServed);
}

void EpollDispatcherTest::socketsCanBeLeftOut()
{
    const SocketPair pair;
    Watch watch(pair.near(), QSocketNotifier::Read);
    pair.send();
    QTimer timer;
    timer.setSingleShot(true);
    timer.start(10ms);
    for (int i = 0; i < 1000 && timer.isActive(); ++i)
        look(QEventLoop::ExcludeSocketNotifiers | QEventLoop::WaitForMoreEvents);
    QVERIFY(!timer.isActive());
    QCOMPARE(watch.count, 0);
    look();
    QCOMPARE(watch.count, 1);
}

void EpollDispatcherTest::sendsPostedEvents()
{
    QByteArray order;
    QMetaObject::invokeMethod(
        this,
        [&] {
            order.append('a');
            QMetaObject::invokeMethod(this, [&] { order.append('c'); }, Qt::QueuedConnection);
        },
        Qt::QueuedConnection);
    QMetaObject::invokeMethod(this, [&] { order.append('b'); }, Qt::QueuedConnection);
    look(QEventLoop::WaitForMoreEvents); // does not wait: more was posted meanwhile
    look();
    QCOMPARE(order, "abc");
}

void EpollDispatcherTest::deletesLater()
{
    QPointer<QObject> object = new QObject;
    QTimer::singleShot(0, this, [&] {
        object->deleteLater();
        QEventLoop inner; // leaves it alone
        QTimer::singleShot(1ms, &inner, &QEventLoop::quit);
        inner.exec();
        QVERIFY(object);
    });
    QEventLoop loop;
    QTimer::singleShot(20ms, &loop, &QEventLoop::quit);
    loop.exec();
    QVERIFY(!object);
}

void EpollDispatcherTest::otherThreadsWakeIt()
{
    constexpr int kThreads = 3;
    constexpr int kRounds = 2000;
    std::atomic<int> count = 0;
    std::vector<std::unique_ptr<QThread>> threads;
    QSemaphore turn; // given back for each event: the loop waits again and again
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back(QThread::create([&] {
            for (int round = 0; round < kRounds; ++round) {
                QMetaObject::invokeMethod(this, [&] { ++count, turn.release(); }, Qt::QueuedConnection);
                turn.acquire();
            }
        }));
        threads.back()->start();
    }
    QTRY_COMPARE_WITH_TIMEOUT(count.load(), kThreads * kRounds, 20s);
    for (const auto &thread : threads)
        QVERIFY(thread->wait());
}

void EpollDispatcherTest::otherThreadsEndIt()
{
    for (int i = 0; i < 200; ++i) {
        QThread thread;
        thread.setEventDispatcher(new EpollDispatcher);
        thread.start();
        thread.quit();
        QVERIFY(thread.wait(5000));
    }
}

void EpollDispatcherTest::qtsSocketsWorkOnIt()
{
    const QByteArray sent(3'000'000, 'x');
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QByteArray echoed;
    QObject::connect(&server, &QTcpServer::newConnection, &server, [&server] {
        QTcpSocket *socket = server.nextPendingConnection();
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket] { socket->write(socket->readAll()); });
        QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    });
    QTcpSocket client;
    QObject::connect(&client, &QTcpSocket::connected, &client, [&] { client.write(sent); });
    QObject::connect(&client, &QTcpSocket::readyRead, &client, [&] { echoed.append(client.readAll()); });
    client.connectToHost(QHostAddress::LocalHost, server.serverPort());
    QTRY_COMPARE(echoed.size(), sent.size());
    QVERIFY(echoed == sent);
    client.disconnectFromHost();
    QTRY_COMPARE(server.findChildren<QTcpSocket *>().size(), 0);
}

} // namespace lunargate

int main(int argc, char **argv)
{
    lunargate::EpollDispatcherTest test;
    return lunargate::test::runOnEpoll(test, argc, argv);
}

#include "tst_epoll_dispatcher.moc"
