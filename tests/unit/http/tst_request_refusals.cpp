// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/http/request_parsing.h"

#include <QTest>

namespace lunargate {

using test::parse;
using test::Parsed;
using State = RequestParser::State;

/// What the parser refuses: framing that two parsers could read differently (RFC 9112), and what is over a limit.
class RequestRefusalsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void refusesAmbiguousRequestsAtEverySplit_data();
    void refusesAmbiguousRequestsAtEverySplit();
    void refusesCodingsThatAreNotUndone_data();
    void refusesCodingsThatAreNotUndone();
    void acceptsAHeadOfExactlyTheLimit();
    void countsTheWholeHead_data();
    void countsTheWholeHead();
    void refusesBodiesOverTheLimit_data();
    void refusesBodiesOverTheLimit();
    void uploadsHaveTheirOwnLimit_data();
    void uploadsHaveTheirOwnLimit();
    void acceptsBodiesOfExactlyTheLimit_data();
    void acceptsBodiesOfExactlyTheLimit();
    void limitsWhatStandsBetweenChunks_data();
    void limitsWhatStandsBetweenChunks();
    void takesNothingMoreOnceFailed();
    void readsManyHeaderFieldsInLinearTime();
};

void RequestRefusalsTest::refusesAmbiguousRequestsAtEverySplit_data()
{
    const auto row = [](const char *name, QByteArray bytes) { QTest::newRow(name) << std::move(bytes); };
    const auto get = [](QByteArray fields) { return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"; };
    const auto post = [](QByteArray fields, QByteArray body) {
        return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
    };
    const auto chunks = [&post](QByteArray body) { return post("Transfer-Encoding: chunked\r\n", body); };

    QTest::addColumn<QByteArray>("bytes");
    row("length and transfer coding", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
    row("transfer coding and length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"));
    row("two lengths", post("Content-Length: 1\r\nContent-Length: 2\r\n", "x"));
    row("two equal lengths", post("Content-Length: 1\r\nContent-Length: 1\r\n", "x"));
    row("list of lengths", post("Content-Length: 1, 1\r\n", "x"));
    row("length with a sign", post("Content-Length: +1\r\n", "x"));
    row("negative length", post("Content-Length: -1\r\n", "x"));
    row("hexadecimal length", post("Content-Length: 0x1\r\n", "x"));
    row("empty length", post("Content-Length:\r\n", "x"));
    row("length over 64 bits", post("Content-Length: 18446744073709551617\r\n", "x"));
    row("chunked not last", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"));
    row("chunked twice", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"));
    row("chunked in two fields", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
    row("unknown transfer coding", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"));
    row("chunked in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    row("chunk size with a sign", chunks("+1\r\nx\r\n0\r\n\r\n"));
    row("chunk size that is none", chunks("g\r\n"));
    row("empty chunk size", chunks("\r\nx\r\n"));
    row("chunk size over 64 bits", chunks("10000000000000001\r\nx"));
    row("space before the chunk size", chunks(" 1\r\nx\r\n0\r\n\r\n"));
    row("space behind the chunk size", chunks("1 \r\nx\r\n0\r\n\r\n"));
    row("prefix of the chunk size", chunks("0x1\r\nx\r\n0\r\n\r\n"));
    row("chunk size with a bare line feed", chunks("1\nx\r\n0\r\n\r\n"));
    row("chunk without its line end", chunks("1\r\nxy\r\n0\r\n\r\n"));
    row("chunk extension with a control character", chunks("1;a\x01=b\r\nx\r\n0\r\n\r\n"));
    row("chunk extension with a bare line feed", chunks("1;a=b\nx\r\n0\r\n\r\n"));
    row("folded field", get("X: a\r\n b\r\n"));
    row("field folded by a tab", get("X: a\r\n\tb\r\n"));
    row("space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n");
    row("space before the colon", get("X : a\r\n"));
    row("tab before the colon", get("X\t: a\r\n"));
    row("field without name", get(": a\r\n"));
    row("field without colon", get("X\r\n"));
    row("bare CR in a value", get("X: a\rb\r\n"));
    row("bare CR at a line's end", get("X: a\rY: b\r\n"));
    row("bare LF at a line's end", get("X: a\nY: b\r\n"));
    row("bare LF at the head's end", "GET / HTTP/1.1\r\nHost: a\r\n\nGET");
    row("NUL in a value", get(QByteArray("X: a\0b\r\n", 8)));
    row("NUL in a name", get(QByteArray("X\0: a\r\n", 7)));
    row("control character in a value", get("X: a\x01\r\n"));
    row("control character in a name", get("X\x01: a\r\n"));
    row("no Host", "GET / HTTP/1.1\r\nX: a\r\n\r\n");
    row("no fields at all", "GET / HTTP/1.1\r\n\r\n");
    row("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n");
    row("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n");
    row("HTTP/2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n");
    row("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    row("HTTP/0.9", "GET /\r\n\r\n");
    row("unknown version", "GET / HTTP/1.2\r\nHost: a\r\n\r\n");
    row("other protocol", "GET / ICE/1.0\r\nHost: a\r\n\r\n");
    row("lower-case method", "get / HTTP/1.1\r\nHost: a\r\n\r\n");
    row("unknown method", "FETCH / HTTP/1.1\r\nHost: a\r\n\r\n");
    row("space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n");
    row("control character in the target", "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n");
    row("fragment in the target", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n");
    row("fragment behind the query", "GET /a?b=c#d HTTP/1.1\r\nHost: a\r\n\r\n");
    row("fragment in an absolute target", "GET http://a/b#c HTTP/1.1\r\nHost: a\r\n\r\n");
    row("absolute target without host", "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n");
    row("TLS", QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
}

void RequestRefusalsTest::refusesAmbiguousRequestsAtEverySplit()
{
    QFETCH(const QByteArray, bytes);
    for (qsizetype first = 1; first <= bytes.size(); ++first) {
        const Parsed parsed = parse(bytes, bytes.size(), {}, first);
        QVERIFY2(parsed.error, ("was read at split " + QByteArray::number(first)).constData());
        QCOMPARE(parsed.end, State::Failed);
        QCOMPARE(parsed.error->kind, ErrorKind::InvalidRequest);
        QVERIFY(!parsed.error->reason.isEmpty());
        QVERIFY(!parsed.error->message.isEmpty());
    }
    QVERIFY(parse(bytes, 1).error);
}

void RequestRefusalsTest::refusesCodingsThatAreNotUndone_data()
{
    QTest::addColumn<QByteArray>("field");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("gzip then chunked") << QByteArray("Transfer-Encoding: gzip, chunked")
                                       << QByteArray("unsupported_transfer_encoding");
    QTest::newRow("gzip and chunked in two fields")
        << QByteArray("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked")
        << QByteArray("unsupported_transfer_encoding");
    QTest::newRow("compressed body") << QByteArray("Content-Length: 3\r\nContent-Encoding: gzip")
                                     << QByteArray("unsupported_content_encoding");
    QTest::newRow("second field") << QByteArray("Content-Length: 3\r\nContent-Encoding: identity\r\n"
                                                "Content-Encoding: zstd")
                                  << QByteArray("unsupported_content_encoding");
}

void RequestRefusalsTest::refusesCodingsThatAreNotUndone()
{
    QFETCH(const QByteArray, field);
    QFETCH(const QByteArray, reason);
    const Parsed parsed = parse("POST / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n");
    QVERIFY(parsed.error);
    QCOMPARE(parsed.error->reason, reason);
}

void RequestRefusalsTest::acceptsAHeadOfExactlyTheLimit()
{
    const QByteArray head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nX: y\r\n\r\n";
    ConnectionLimits limits{.maxHeaderBytes = head.size()};
    for (const qsizetype piece : {head.size() + 4, qsizetype(1)}) {
        const Parsed parsed = parse(head + "body", piece, limits);
        QVERIFY(!parsed.error);
        QCOMPARE(parsed.requests.size(), 1);
        QCOMPARE(parsed.requests[0].body, "body");
    }
    limits.maxHeaderBytes = head.size() - 1;
    for (const qsizetype piece : {head.size() + 4, qsizetype(1)}) {
        const Parsed parsed = parse(head + "body", piece, limits);
        QVERIFY(parsed.error);
        QCOMPARE(parsed.error->kind, ErrorKind::HeadersTooLarge);
    }
}

void RequestRefusalsTest::countsTheWholeHead_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("long target") << "GET /" + QByteArray(2000, 'x');
    QTest::newRow("long name") << "GET / HTTP/1.1\r\n" + QByteArray(2000, 'x');
    QTest::newRow("long value") << "GET / HTTP/1.1\r\nX: " + QByteArray(2000, 'x');
    QTest::newRow("many fields") << "GET / HTTP/1.1\r\n" + QByteArray("a:b\r\n").repeated(400);
    QTest::newRow("line ends before the request") << QByteArray("\r\n").repeated(1000);
}

void RequestRefusalsTest::countsTheWholeHead()
{
    QFETCH(const QByteArray, bytes);
    const ConnectionLimits limits{.maxHeaderBytes = 1000};
    for (const qsizetype piece : {bytes.size(), qsizetype(1)}) {
        const Parsed parsed = parse(bytes, piece, limits);
        QVERIFY(parsed.error);
        QCOMPARE(parsed.error->kind, ErrorKind::HeadersTooLarge);
        QVERIFY(parsed.error->message.contains("1000 bytes (server.max_header_bytes)"));
    }
}

void RequestRefusalsTest::refusesBodiesOverTheLimit_data()
{
    QTest::addColumn<QByteArray>("rest");
    // Refused by its announcement: none of the body is there.
    QTest::newRow("announced") << QByteArray("Content-Length: 11\r\n\r\n");
    QTest::newRow("announced far over") << QByteArray("Content-Length: 9223372036854775808\r\n\r\n");
    QTest::newRow("announced with expectation") << QByteArray("Expect: 100-continue\r\nContent-Length: 11\r\n\r\n");
    QTest::newRow("one chunk") << QByteArray("Transfer-Encoding: chunked\r\n\r\nb\r\nhello world");
    QTest::newRow("sum of chunks") << QByteArray("Transfer-Encoding: chunked\r\n\r\n") +
                                          QByteArray("1\r\nx\r\n").repeated(11);
}

void RequestRefusalsTest::refusesBodiesOverTheLimit()
{
    QFETCH(const QByteArray, rest);
    const ConnectionLimits limits{.maxBodyBytes = 10};
    const QByteArray bytes = "POST / HTTP/1.1\r\nHost: a\r\n" + rest;
    for (const qsizetype piece : {bytes.size(), qsizetype(1)}) {
        const Parsed parsed = parse(bytes, piece, limits);
        QVERIFY(parsed.error);
        QCOMPARE(parsed.error->kind, ErrorKind::PayloadTooLarge);
        QVERIFY(parsed.error->message.contains("10 bytes (server.max_body_bytes)"));
    }
}

void RequestRefusalsTest::uploadsHaveTheirOwnLimit_data()
{
    refusesBodiesOverTheLimit_data();
}

void RequestRefusalsTest::uploadsHaveTheirOwnLimit()
{
    QFETCH(const QByteArray, rest);
    constexpr auto kUpload = RequestParser::BodyKind::Upload;
    const QByteArray bytes = "POST / HTTP/1.1\r\nHost: a\r\n" + rest;
    for (const qsizetype piece : {bytes.size(), qsizetype(1)}) {
        const Parsed refused = parse(bytes, piece, {.maxBodyBytes = 100, .maxUploadBytes = 10}, 0, kUpload);
        QVERIFY(refused.error);
        QCOMPARE(refused.error->kind, ErrorKind::PayloadTooLarge);
        QVERIFY(refused.error->message.contains("10 bytes (server.max_upload_bytes)"));
        const ConnectionLimits other{.maxBodyBytes = 1, .maxUploadBytes = std::numeric_limits<qint64>::max()};
        QVERIFY(!parse(bytes, piece, other, 0, kUpload).error);
    }
}

void RequestRefusalsTest::acceptsBodiesOfExactlyTheLimit_data()
{
    QTest::addColumn<QByteArray>("rest");
    QTest::newRow("announced") << QByteArray("Content-Length: 10\r\n\r\n0123456789");
    QTest::newRow("chunked") << QByteArray("Transfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n");
}

void RequestRefusalsTest::acceptsBodiesOfExactlyTheLimit()
{
    QFETCH(const QByteArray, rest);
    const Parsed parsed = parse("POST / HTTP/1.1\r\nHost: a\r\n" + rest, {.maxBodyBytes = 10});
    QVERIFY(!parsed.error);
    QCOMPARE(parsed.requests.size(), 1);
    QCOMPARE(parsed.requests[0].body, "0123456789");
}

void RequestRefusalsTest::limitsWhatStandsBetweenChunks_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("one long extension") << "1;a=" + QByteArray(2000, 'b') + "\r\nx\r\n0\r\n\r\n";
    QTest::newRow("many extensions") << QByteArray("1;abcdefgh=ijklmnop\r\nx\r\n").repeated(100) + "0\r\n\r\n";
    QTest::newRow("one long trailer") << "1\r\nx\r\n0\r\nX: " + QByteArray(2000, 'b') + "\r\n\r\n";
    QTest::newRow("many trailers") << "1\r\nx\r\n0\r\n" + QByteArray("abcd: efgh\r\n").repeated(200) + "\r\n";
}

void RequestRefusalsTest::limitsWhatStandsBetweenChunks()
{
    QFETCH(const QByteArray, body);
    const QByteArray bytes = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
    for (const qsizetype piece : {bytes.size(), qsizetype(1)}) {
        const Parsed parsed = parse(bytes, piece, {.maxHeaderBytes = 1000});
        QVERIFY(parsed.error);
        QCOMPARE(parsed.error->kind, ErrorKind::HeadersTooLarge);
    }
}

void RequestRefusalsTest::takesNothingMoreOnceFailed()
{
    const ConnectionLimits limits;
    RequestParser parser(limits);
    parser.feed("nonsense\r\n\r\n");
    QCOMPARE(parser.state(), State::Failed);
    QCOMPARE(parser.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
    QCOMPARE(parser.state(), State::Failed);
}

void RequestRefusalsTest::readsManyHeaderFieldsInLinearTime()
{
    // As large as the configuration allows a head to be, in the smallest fields: what is quadratic takes minutes.
    constexpr qsizetype kFields = 400'000;
    const Parsed parsed = parse("GET / HTTP/1.1\r\nHost: a\r\n" + QByteArray("a:\r\n").repeated(kFields) + "\r\n",
                                64 * 1024, {.maxHeaderBytes = 4 * 1024 * 1024});
    QVERIFY(!parsed.error);
    QCOMPARE(parsed.requests.size(), 1);
    QCOMPARE(parsed.requests[0].headers.count("a"), kFields);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::RequestRefusalsTest)
#include "tst_request_refusals.moc"
