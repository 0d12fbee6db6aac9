// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/http_reader.h"

#include <QTest>

using namespace lunargate::test;

namespace {

constexpr QByteArrayView kChunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\nT: 1\r\n\r\n";

} // namespace

class HttpReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsChunkedBodySplitAnywhere()
    {
        for (qsizetype split = 0; split <= kChunked.size(); ++split) {
            HttpReader reader(HttpReader::Kind::Response);
            reader.feed(kChunked.first(split));
            reader.feed(kChunked.sliced(split));
            QVERIFY2(!reader.failed(), reader.error().constData());
            QVERIFY(reader.isComplete());
            QCOMPARE(reader.status(), 200);
            QCOMPARE(reader.body(), "abc0123456789");
        }
    }

    void stopsAtTheEndOfTheMessage()
    {
        HttpReader reader(HttpReader::Kind::Request);
        const QByteArray two = "POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiGET /b HTTP/1.1\r\n\r\n";
        QCOMPARE(reader.feed(two), two.indexOf("GET"));
        QCOMPARE(reader.method(), "POST");
        QCOMPARE(reader.target(), "/a");
        QCOMPARE(reader.body(), "hi");
    }

    void bodyUntilCloseEndsWithTheConnection()
    {
        HttpReader reader(HttpReader::Kind::Response);
        reader.feed("HTTP/1.1 200 OK\r\n\r\nabc");
        QVERIFY(reader.endsWithConnection());
        QVERIFY(!reader.isComplete());
        reader.feedEnd();
        QVERIFY(reader.isComplete());
    }

    void answersWithoutBodyEndWithTheirHead_data()
    {
        QTest::addColumn<HttpReader::Kind>("kind");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("204") << HttpReader::Kind::Response << QByteArray("HTTP/1.1 204 No Content\r\n\r\n");
        QTest::newRow("100") << HttpReader::Kind::Response << QByteArray("HTTP/1.1 100 Continue\r\n\r\n");
        QTest::newRow("to HEAD") << HttpReader::Kind::ResponseToHead
                                 << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    }

    void answersWithoutBodyEndWithTheirHead()
    {
        QFETCH(HttpReader::Kind, kind);
        QFETCH(QByteArray, text);
        HttpReader reader(kind);
        reader.feed(text);
        QVERIFY(reader.isComplete());
    }

    void refusesWhatIsNotHttp_data()
    {
        QTest::addColumn<QByteArray>("text");
        const QByteArray head = "HTTP/1.1 200 OK\r\n";
        QTest::newRow("no status line") << QByteArray("hello\r\n\r\n");
        QTest::newRow("bare LF") << QByteArray("HTTP/1.1 200 OK\nA: b\n\n");
        QTest::newRow("space before the colon") << head + "A : b\r\n\r\n";
        QTest::newRow("folded field") << head + "A: b\r\n c\r\n\r\n";
        QTest::newRow("two lengths") << head + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na";
        QTest::newRow("length and chunked") << head + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n";
        QTest::newRow("negative length") << head + "Content-Length: -1\r\n\r\n";
        QTest::newRow("chunk size with sign") << head + "Transfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n";
        QTest::newRow("empty chunk size") << head + "Transfer-Encoding: chunked\r\n\r\n\r\n";
        QTest::newRow("chunk too long") << head + "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n";
        QTest::newRow("cut body") << head + "Content-Length: 4\r\n\r\nabc";
        QTest::newRow("cut chunks") << head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
        QTest::newRow("nothing") << QByteArray();
    }

    void refusesWhatIsNotHttp()
    {
        QFETCH(QByteArray, text);
        HttpReader reader(HttpReader::Kind::Response);
        reader.feed(text);
        reader.feedEnd();
        QVERIFY(reader.failed());
        QVERIFY(!reader.isComplete());
    }
};

QTEST_GUILESS_MAIN(HttpReaderTest)
#include "tst_http_reader.moc"
