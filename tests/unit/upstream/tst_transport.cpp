// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/version.h"
#include "tests/unit/upstream/call_helpers.h"
#include "tests/unit/upstream/raw_upstream.h"

#include <QTest>

#include <malloc.h>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

/// What does not depend on the wire; for the rest see tst_transport_conformance*.cpp.
class TestTransport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_upstream = std::make_unique<RawUpstream>();
        m_transport = makeTransport();
    }
    void cleanup()
    {
        m_transport.reset();
        m_upstream.reset();
    }

    void sendsHeadersAsGivenAndNoneOfItsOwn();
    void refusesWhatIsNotHttp_data();
    void refusesWhatIsNotHttp();
    void refusesAHeaderThatWouldSplitTheRequest();
    void keepsNothingOfManyCalls();
    void printsRoundTripTimes();

private:
    Outcome call(UpstreamRequest request) { return wholeCall(m_transport.get(), std::move(request)); }
    void answerWith(const QByteArray &bytes)
    {
        m_upstream->answer = [bytes](QTcpSocket *socket) { socket->write(bytes); };
    }

    std::unique_ptr<RawUpstream> m_upstream;
    std::unique_ptr<Transport> m_transport;
};

void TestTransport::sendsHeadersAsGivenAndNoneOfItsOwn()
{
    answerWith(RawUpstream::ok("{}"));
    UpstreamRequest request = post(m_upstream->url());
    request.headers.add("Authorization", "Bearer sk-1");
    QVERIFY(call(request).head);
    request.headers.add("User-Agent", "mine/2");
    QVERIFY(call(request).head);

    const QByteArray sent = m_upstream->requests.value(0).toLower();
    QSet<QByteArray> names;
    for (const QByteArray &line : sent.first(sent.indexOf("\r\n\r\n")).split('\n').sliced(1))
        names.insert(line.first(line.indexOf(':')));
    const QSet<QByteArray> expected{"host",          "content-type",    "content-length",
                                    "authorization", "accept-encoding", "user-agent"};
    QCOMPARE(names, expected);
    QVERIFY2(sent.contains("\r\nauthorization: bearer sk-1\r\n"), sent);
    QVERIFY2(sent.contains("\r\naccept-encoding: identity\r\n"), sent);
    QVERIFY2(sent.contains(QByteArray("\r\nuser-agent: lunargate/") + version() + "\r\n"), sent);
    QVERIFY2(m_upstream->requests.value(1).toLower().contains("\r\nuser-agent: mine/2\r\n"),
             m_upstream->requests.value(1));
}

void TestTransport::refusesWhatIsNotHttp_data()
{
    QTest::addColumn<QUrl>("url");
    QTest::newRow("a file") << QUrl(QStringLiteral("file:///etc/hostname"));
    QTest::newRow("data") << QUrl(QStringLiteral("data:,hello"));
    QTest::newRow("a local socket") << QUrl(QStringLiteral("unix+http://x/y"));
    QTest::newRow("no scheme") << QUrl(QStringLiteral("api.example.com/v1"));
    QTest::newRow("no host") << QUrl(QStringLiteral("http:///v1"));
    QTest::newRow("empty") << QUrl();
}

void TestTransport::refusesWhatIsNotHttp()
{
    QFETCH(QUrl, url);
    const Outcome outcome = call(post(url));
    QVERIFY(!outcome.head);
    QCOMPARE(outcome.head.error().reason, "invalid_url");
}

void TestTransport::refusesAHeaderThatWouldSplitTheRequest()
{
    for (const HeaderList::Field &field :
         {HeaderList::Field{"X-A", "1\r\nX-B: 2"}, {"X-A\r\nX-B", "1"}, {"", "1"}, {"X A", "1"}}) {
        UpstreamRequest request = post(m_upstream->url());
        request.headers.add(field.name, field.value);
        const Outcome outcome = call(request);
        QVERIFY(!outcome.head);
        QCOMPARE(outcome.head.error().reason, "invalid_header");
    }
    QCOMPARE(m_upstream->connections, 0);
}

void TestTransport::keepsNothingOfManyCalls()
{
    answerWith(RawUpstream::ok("{}"));
    const auto run = [&](int count) {
        for (int i = 0; i < count; ++i) {
            if (!call(post(m_upstream->url(), QByteArray(5'000, 'x'))).head)
                return false;
            m_upstream->requests.clear();
        }
        return true;
    };
    QVERIFY(run(200));
    const size_t before = mallinfo2().uordblks;
    QVERIFY(run(1'000));
    const qint64 growth = qint64(mallinfo2().uordblks) - qint64(before);
    QVERIFY2(growth < 100 * 1024, QByteArray::number(growth));
}

void TestTransport::printsRoundTripTimes()
{
    answerWith(RawUpstream::ok("{}"));
    for (const int size : {2, 512 * 1024}) {
        const QByteArray body(size, 'x');
        QVERIFY(call(post(m_upstream->url(), body)).head); // opens the connection
        constexpr int rounds = 200;
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < rounds; ++i)
            QVERIFY(call(post(m_upstream->url(), body)).head);
        qInfo("%d bytes of body: %.0f us a round trip (upstream in the same thread)", size,
              static_cast<double>(timer.nsecsElapsed()) / 1000.0 / rounds);
    }
}

QTEST_GUILESS_MAIN(TestTransport)
#include "tst_transport.moc"
