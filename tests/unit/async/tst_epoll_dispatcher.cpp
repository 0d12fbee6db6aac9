// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/epoll_dispatcher.h"

#include <QElapsedTimer>
#include <QPointer>
#include <QSemaphore>
#include <QSocketNotifier>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QThread>
#include <QTimer>

#include <array>
#include <memory>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lunargate {

using namespace std::chrono_literals;

namespace {

/// Two connected sockets; what is written to one can be read from the other.
class SocketPair
{
public:
    SocketPair()
    {
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, m_ends.data()) != 0)
            qFatal("no sockets");
    }
    ~SocketPair()
    {
        for (const int end : m_ends)
            ::close(end);
    }
    SocketPair(const SocketPair &) = delete;
    SocketPair &operator=(const SocketPair &) = delete;

    int near() const { return m_ends[0]; }
    int far() const { return m_ends[1]; }
    void send() const { QCOMPARE(::write(far(), "x", 1), 1); }
    int take() const
    {
        std::array<char, 64> bytes;
        return int(::read(near(), bytes.data(), bytes.size()));
    }
    void fill() const
    {
        const std::array<char, 4096> bytes{};
        while (::write(near(), bytes.data(), bytes.size()) > 0) {
        }
    }
    void empty() const
    {
        std::array<char, 4096> bytes;
        while (::read(far(), bytes.data(), bytes.size()) > 0) {
        }
    }

private:
    std::array<int, 2> m_ends{};
};

/// Counts what a notifier tells.
struct Watch
{
    Watch(int descriptor, QSocketNotifier::Type type) : notifier(descriptor, type)
    {
        QObject::connect(&notifier, &QSocketNotifier::activated, &notifier, [this] {
            ++count;
            if (onActivated)
                onActivated();
        });
    }

    QSocketNotifier notifier;
    int count = 0;
    std::function<void()> onActivated;
};

/// One look at what is there, without waiting.
void look(QEventLoop::ProcessEventsFlags flags = QEventLoop::AllEvents)
{
    QAbstractEventDispatcher::instance()->processEvents(flags);
}

/// A loop in the loop, until `isDone`.
bool runNested(const std::function<bool()> &isDone)
{
    return QTest::qWaitFor(isDone, 5s);
}

} // namespace

/// The dispatcher runs this program's own loop.
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
    void timersFireInTheirOrder();
    void timersAreNeverEarly_data();
    void timersAreNeverEarly();
    void coarseTimersMeet();
    void aTimerMayStopOthersAndItself();
    void aTimerIsNotFiredFromInsideItself();
    void aTimerWithoutIntervalLeavesTimeToOthers();
    void tellsOfItsTimers();
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

void EpollDispatcherTest::timersFireInTheirOrder()
{
    QByteArray order;
    for (const auto &[name, time] : {std::pair('c', 30ms), std::pair('a', 1ms), std::pair('b', 15ms)}) {
        QTimer::singleShot(time, Qt::PreciseTimer, this, [&order, name] { order.append(name); });
    }
    QTRY_COMPARE(order, "abc");
}

void EpollDispatcherTest::timersAreNeverEarly_data()
{
    QTest::addColumn<Qt::TimerType>("type");
    QTest::addColumn<std::chrono::milliseconds>("interval");
    QTest::newRow("precise") << Qt::PreciseTimer << 7ms;
    QTest::newRow("coarse") << Qt::CoarseTimer << 60ms;
    QTest::newRow("coarse, short") << Qt::CoarseTimer << 3ms;
    QTest::newRow("very coarse") << Qt::VeryCoarseTimer << 100ms;
}

void EpollDispatcherTest::timersAreNeverEarly()
{
    QFETCH(const Qt::TimerType, type);
    QFETCH(const std::chrono::milliseconds, interval);
    QTimer timer;
    timer.setTimerType(type);
    timer.setInterval(interval);
    std::vector<std::chrono::nanoseconds> times;
    QElapsedTimer clock;
    QObject::connect(&timer, &QTimer::timeout, &timer, [&] { times.push_back(clock.durationElapsed()); });
    clock.start();
    timer.start();
    QTRY_VERIFY(times.size() >= 2);
    for (size_t i = 0; i < times.size(); ++i)
        QVERIFY(times[i] >= interval * int(i + 1));
}

// Two that could fire within the same grain do: one wake-up for both.
void EpollDispatcherTest::coarseTimersMeet()
{
    QTimer first;
    QTimer second;
    first.setInterval(1000ms);
    second.setInterval(1000ms);
    first.start();
    QTest::qWait(1);
    second.start();
    const auto *dispatcher = static_cast<EpollDispatcher *>(QAbstractEventDispatcher::instance());
    const auto left = dispatcher->remainingTime(first.id());
    const auto apart = dispatcher->remainingTime(second.id()) - left;
    QVERIFY(left <= 1050ms);
    // The same moment; or, had the first been just before a border, one grain later.
    QVERIFY(std::chrono::abs(apart) < 1ms || std::chrono::abs(apart - 50ms) < 1ms);
}

void EpollDispatcherTest::aTimerMayStopOthersAndItself()
{
    std::array<QTimer, 2> timers;
    int count = 0;
    for (QTimer &timer : timers) {
        timer.setInterval(1ms);
        QObject::connect(&timer, &QTimer::timeout, &timer, [&] {
            ++count;
            for (QTimer &each : timers)
                each.stop();
        });
        timer.start();
    }
    QThread::sleep(2ms); // both are due
    look();
    look();
    QCOMPARE(count, 1);
}

void EpollDispatcherTest::aTimerIsNotFiredFromInsideItself()
{
    QTimer timer;
    int depth = 0;
    int deepest = 0;
    int count = 0;
    bool otherFired = false;
    QObject::connect(&timer, &QTimer::timeout, &timer, [&] {
        deepest = std::max(deepest, ++depth);
        if (++count == 1) {
            QTimer::singleShot(5ms, &timer, [&] { otherFired = true; });
            QVERIFY(runNested([&] { return otherFired; }));
        }
        --depth;
    });
    timer.start(1ms);
    QTRY_VERIFY(count >= 2);
    QCOMPARE(deepest, 1);
}

void EpollDispatcherTest::aTimerWithoutIntervalLeavesTimeToOthers()
{
    const SocketPair pair;
    Watch watch(pair.near(), QSocketNotifier::Read);
    QTimer timer;
    int count = 0;
    QObject::connect(&timer, &QTimer::timeout, &timer, [&] { ++count; });
    timer.start(0ms);
    look();
    QCOMPARE(count, 1);
    pair.send();
    look();
    QCOMPARE(count, 2);
    QCOMPARE(watch.count, 1);
}

void EpollDispatcherTest::tellsOfItsTimers()
{
    auto *dispatcher = static_cast<EpollDispatcher *>(QAbstractEventDispatcher::instance());
    QObject object;
    QVERIFY(dispatcher->timersForObject(&object).isEmpty());
    const auto id = Qt::TimerId(object.startTimer(1h, Qt::PreciseTimer));
    const auto timers = dispatcher->timersForObject(&object);
    QCOMPARE(timers.size(), 1);
    QVERIFY(timers[0].timerId == id && timers[0].interval == 1h && timers[0].timerType == Qt::PreciseTimer);
    const auto left = dispatcher->remainingTime(id);
    QVERIFY(left > 59min && left <= 1h);
    QVERIFY(dispatcher->unregisterTimer(id));
    QVERIFY(!dispatcher->unregisterTimer(id));
    QVERIFY(dispatcher->remainingTime(id) < 0ns);
    object.startTimer(1h);
    object.startTimer(2h);
    QVERIFY(dispatcher->unregisterTimers(&object));
    QVERIFY(dispatcher->timersForObject(&object).isEmpty());
    QVERIFY(!dispatcher->unregisterTimers(&object));
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
    QCoreApplication::setEventDispatcher(new lunargate::EpollDispatcher); // the application's from now on
    const QCoreApplication application(argc, argv);
    lunargate::EpollDispatcherTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_epoll_dispatcher.moc"
