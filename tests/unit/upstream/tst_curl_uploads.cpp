// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/task_runner.h"
#include "gateway/http/incoming_body.h"
#include "tests/unit/upstream/call_helpers.h"
#include "tests/unit/upstream/raw_upstream.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

Task<> takeHead(UpstreamCall *call, std::optional<Result<UpstreamHead>> *head)
{
    *head = co_await call->head(kNever);
}

UpstreamRequest upload(const QUrl &url, const std::shared_ptr<IncomingBody> &rest, QByteArray beginning = {})
{
    UpstreamRequest request = post(url, std::move(beginning));
    request.rest = rest;
    return request;
}

} // namespace

/// Bodies that are sent on while they come.
class CurlUploadsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void saysWhenAllIsSent_data()
    {
        QTest::addColumn<bool>("hasLength");
        QTest::newRow("with its length") << true;
        QTest::newRow("in chunks") << false;
    }

    // The provider says nothing: its time runs from here on.
    void saysWhenAllIsSent()
    {
        QFETCH(const bool, hasLength);
        RawUpstream upstream;
        upstream.answer = [](QTcpSocket *) {};
        const auto transport = makeTransport();
        const auto rest = std::make_shared<IncomingBody>(hasLength ? std::optional<qint64>(10) : std::nullopt);
        const std::unique_ptr<UpstreamCall> call = transport->send(upload(upstream.url(), rest, "begin"));
        rest->put("01234", false);
        QVERIFY(!runTask(rest->settled(deadlineIn(200ms))).value());
        rest->put("56789", true);
        QVERIFY(runTask(rest->settled(deadlineIn(5s))).value());
        QCOMPARE(rest->taken(), 10);
    }

    // curl waits for the provider then and asks for nothing more.
    void aBodyThatFailsEndsACallThatIsStuck()
    {
        RawUpstream upstream;
        upstream.onReadyRead = [](QTcpSocket *) {};
        connect(&upstream, &QTcpServer::newConnection, &upstream,
                [&upstream] { upstream.sockets.last()->setReadBufferSize(1024); });
        const auto transport = makeTransport();
        const auto rest = std::make_shared<IncomingBody>(std::optional<qint64>(1'000'000'000));
        const std::unique_ptr<UpstreamCall> call = transport->send(upload(upstream.url(), rest));
        std::optional<Result<UpstreamHead>> head;
        TaskRunner runner;
        runner.start(takeHead(call.get(), &head), [](const std::exception_ptr &) {});
        const QByteArray piece(64 * 1024, 'x');
        do {
            while (rest->hasRoom())
                rest->put(piece, false);
        } while (QTest::qWaitFor([&] { return rest->hasRoom(); }, 300));
        QVERIFY(!head);
        rest->fail({.kind = ErrorKind::InvalidRequest, .reason = "duplicate_key"});
        QTRY_VERIFY(head.has_value());
        QVERIFY(!head->has_value());
        QCOMPARE(head->error().reason, "duplicate_key");
    }
};

QTEST_GUILESS_MAIN(CurlUploadsTest)
#include "tst_curl_uploads.moc"
