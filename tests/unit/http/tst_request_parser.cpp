// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/http/request_parsing.h"

#include <QTest>

namespace lunargate {

using test::parse;
using test::Parsed;
using State = RequestParser::State;

class RequestParserTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsTheSameAtEverySplit_data();
    void readsTheSameAtEverySplit();
    void trimsWhiteSpaceAroundValues();
    void ignoresTrailers();
    void tellsWhetherTheConnectionStays_data();
    void tellsWhetherTheConnectionStays();
    void ignoresUpgrades();
    void takesTheTargetsAuthorityForTheHost_data();
    void takesTheTargetsAuthorityForTheHost();
    void asksForTheBodyOnce_data();
    void asksForTheBodyOnce();
    void leavesWhatFollowsToTheCaller();
    void takesNothingMoreOnceComplete();
    void readsManyTinyChunks();
    void knowsWhenTheFirstByteCame();
};

namespace {

QByteArray describe(const HttpRequest &request)
{
    QByteArray text = request.method + ' ' + request.target + " 1." + QByteArray::number(request.minorVersion);
    for (const HeaderList::Field &field : request.headers)
        text += '|' + field.name + '=' + field.value;
    return text + '|' + request.body + (request.keepAlive ? "|stays" : "|closes");
}

QByteArrayList describe(const Parsed &parsed)
{
    QByteArrayList result;
    for (const HttpRequest &request : parsed.requests)
        result.append(describe(request));
    return result;
}

const HttpRequest &only(const Parsed &parsed)
{
    static const HttpRequest none;
    return parsed.requests.size() == 1 && !parsed.error ? parsed.requests.front() : none;
}

} // namespace

void RequestParserTest::readsTheSameAtEverySplit_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArrayList>("expected");
    QTest::newRow("without body") << QByteArray("GET /health?x=1 HTTP/1.1\r\nHost: a\r\n\r\n")
                                  << QByteArrayList{"GET /health?x=1 1.1|Host=a||stays"};
    QTest::newRow("with a length") << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
                                   << QByteArrayList{"POST / 1.1|Host=a|Content-Length=5|hello|stays"};
    QTest::newRow("length zero") << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
                                 << QByteArrayList{"POST / 1.1|Host=a|Content-Length=0||stays"};
    QTest::newRow("chunked") << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                                           "3\r\nabc\r\nA;name=\"v\"\r\n0123456789\r\n0\r\n\r\n")
                             << QByteArrayList{"POST / 1.1|Host=a|Transfer-Encoding=chunked|abc0123456789|stays"};
    QTest::newRow("pipelined") << QByteArray("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxy"
                                             "GET /2 HTTP/1.1\r\nHost: b\r\n\r\n"
                                             "\r\nGET /3 HTTP/1.1\r\nHost: c\r\nConnection: close\r\n\r\n")
                               << QByteArrayList{"POST /1 1.1|Host=a|Content-Length=2|xy|stays",
                                                 "GET /2 1.1|Host=b||stays",
                                                 "GET /3 1.1|Host=c|Connection=close||closes"};
    QTest::newRow("HTTP/1.0") << QByteArray("GET / HTTP/1.0\r\n\r\n") << QByteArrayList{"GET / 1.0||closes"};
    QTest::newRow("UTF-8 in a body") << QByteArray(
                                            "PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n\xF0\x9F\x8C\x99")
                                     << QByteArrayList{"PUT /x 1.1|Host=a|Content-Length=4|\xF0\x9F\x8C\x99|stays"};
    QTest::newRow("empty value") << QByteArray("GET / HTTP/1.1\r\nHost:\r\nX:\r\n\r\n")
                                 << QByteArrayList{"GET / 1.1|Host=|X=||stays"};
}

void RequestParserTest::readsTheSameAtEverySplit()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArrayList, expected);
    for (qsizetype first = 1; first <= bytes.size(); ++first) {
        const Parsed parsed = parse(bytes, bytes.size(), {}, first);
        QVERIFY2(!parsed.error, parsed.error ? parsed.error->message.constData() : "");
        QCOMPARE(describe(parsed), expected);
        QCOMPARE(parsed.end, State::Idle);
    }
    for (const qsizetype size : {1, 2, 3})
        QCOMPARE(describe(parse(bytes, size)), expected);
}

void RequestParserTest::trimsWhiteSpaceAroundValues()
{
    const Parsed parsed = parse("GET / HTTP/1.1\r\nHost: \t localhost \t\r\nX: a  b \r\n\r\n");
    QCOMPARE(only(parsed).headers.value("Host"), "localhost");
    QCOMPARE(only(parsed).headers.value("X"), "a  b");
}

void RequestParserTest::ignoresTrailers()
{
    const Parsed parsed = parse("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                                "1\r\nx\r\n0\r\nHost: evil\r\nX-Trailer: 1\r\n\r\n");
    QCOMPARE(only(parsed).body, "x");
    QCOMPARE(only(parsed).headers.count("Host"), 1);
    QVERIFY(!only(parsed).headers.contains("X-Trailer"));
}

void RequestParserTest::tellsWhetherTheConnectionStays_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<bool>("stays");
    QTest::newRow("1.1") << QByteArray("HTTP/1.1\r\nHost: a\r\n") << true;
    QTest::newRow("1.1 close") << QByteArray("HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n") << false;
    QTest::newRow("1.1 close in a list") << QByteArray("HTTP/1.1\r\nHost: a\r\nConnection: x, close\r\n") << false;
    QTest::newRow("1.0") << QByteArray("HTTP/1.0\r\n") << false;
    QTest::newRow("1.0 keep-alive") << QByteArray("HTTP/1.0\r\nConnection: Keep-Alive\r\n") << true;
}

void RequestParserTest::tellsWhetherTheConnectionStays()
{
    QFETCH(const QByteArray, head);
    QFETCH(const bool, stays);
    const Parsed parsed = parse("GET / " + head + "\r\n");
    QCOMPARE(parsed.requests.size(), 1);
    QCOMPARE(only(parsed).keepAlive, stays);
}

void RequestParserTest::ignoresUpgrades()
{
    const Parsed parsed = parse("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
                                "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    QVERIFY(!parsed.error);
    QCOMPARE(parsed.requests.size(), 2);
    QCOMPARE(parsed.requests[1].target, "/2");
}

void RequestParserTest::takesTheTargetsAuthorityForTheHost_data()
{
    // RFC 9112 section 3.2.2: a server must accept absolute targets and then ignore the Host field's value.
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("host");
    QTest::newRow("origin form") << QByteArray("/v1/models") << QByteArray("/v1/models") << QByteArray("field:1");
    QTest::newRow("absolute form") << QByteArray("http://evil.example:8080/v1/models?a=b") << QByteArray("/v1/models")
                                   << QByteArray("evil.example:8080");
    QTest::newRow("capitals") << QByteArray("HTTP://localhost/x") << QByteArray("/x") << QByteArray("localhost");
    QTest::newRow("without path") << QByteArray("http://localhost") << QByteArray("/") << QByteArray("localhost");
    QTest::newRow("query only") << QByteArray("http://localhost?a") << QByteArray("/") << QByteArray("localhost");
    QTest::newRow("url in a query") << QByteArray("/x?u=http://b/c") << QByteArray("/x") << QByteArray("field:1");
    QTest::newRow("asterisk") << QByteArray("*") << QByteArray("*") << QByteArray("field:1");
}

void RequestParserTest::takesTheTargetsAuthorityForTheHost()
{
    QFETCH(const QByteArray, target);
    QFETCH(const QByteArray, path);
    QFETCH(const QByteArray, host);
    const Parsed parsed = parse("OPTIONS " + target + " HTTP/1.1\r\nHost: field:1\r\n\r\n");
    QCOMPARE(parsed.requests.size(), 1);
    QCOMPARE(only(parsed).path().toByteArray(), path);
    QCOMPARE(only(parsed).headers.value("Host"), host);
    QCOMPARE(only(parsed).headers.count("Host"), 1);
}

void RequestParserTest::asksForTheBodyOnce_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<bool>("asks");
    QTest::newRow("with a length") << QByteArray("HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 3")
                                   << true;
    QTest::newRow("chunked") << QByteArray("HTTP/1.1\r\nHost: a\r\nExpect: 100-continue \r\nTransfer-Encoding: chunked")
                             << true;
    QTest::newRow("no expectation") << QByteArray("HTTP/1.1\r\nHost: a\r\nContent-Length: 3") << false;
    QTest::newRow("other expectation") << QByteArray("HTTP/1.1\r\nHost: a\r\nExpect: x\r\nContent-Length: 3") << false;
    QTest::newRow("no body") << QByteArray("HTTP/1.1\r\nHost: a\r\nExpect: 100-continue") << false;
    // RFC 9110 section 10.1.1: ignored in an HTTP/1.0 request
    QTest::newRow("HTTP/1.0") << QByteArray("HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3") << false;
}

void RequestParserTest::asksForTheBodyOnce()
{
    QFETCH(const QByteArray, head);
    QFETCH(const bool, asks);
    const ConnectionLimits limits;
    RequestParser parser(limits);
    parser.feed("POST / " + head + "\r\n\r\n");
    QCOMPARE(parser.takeExpectContinue(), asks);
    QVERIFY(!parser.takeExpectContinue());
}

void RequestParserTest::leavesWhatFollowsToTheCaller()
{
    const ConnectionLimits limits;
    RequestParser parser(limits);
    const QByteArray first = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
    QCOMPARE(parser.feed(first + "GET /2"), first.size());
    QCOMPARE(parser.state(), State::Complete);
    QCOMPARE(parser.takeRequest().target, "/1");
    QCOMPARE(parser.state(), State::Idle);
    QCOMPARE(parser.request().target, "");
}

void RequestParserTest::takesNothingMoreOnceComplete()
{
    const ConnectionLimits limits;
    RequestParser parser(limits);
    parser.feed("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
    QCOMPARE(parser.feed("GET /2 HTTP/1.1\r\n"), 0);
    QCOMPARE(parser.request().target, "/1");
}

void RequestParserTest::readsManyTinyChunks()
{
    constexpr qsizetype kCount = 1024 * 1024;
    const QByteArray bytes = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
                             QByteArray("1\r\nx\r\n").repeated(kCount) + "0\r\n\r\n";
    const Parsed parsed = parse(bytes, 16 * 1024);
    QCOMPARE(only(parsed).body.size(), kCount);
}

void RequestParserTest::knowsWhenTheFirstByteCame()
{
    const ConnectionLimits limits;
    RequestParser parser(limits);
    const TimePoint before = Clock::now();
    parser.feed("G");
    const TimePoint after = Clock::now();
    QCOMPARE(parser.state(), State::Headers);
    parser.feed("ET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const HttpRequest request = parser.takeRequest();
    QVERIFY(request.receivedAt >= before && request.receivedAt <= after);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::RequestParserTest)
#include "tst_request_parser.moc"
