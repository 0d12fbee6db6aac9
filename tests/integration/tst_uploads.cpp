// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/passthrough_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/metrics_text.h"
#include "tests/support/raw_client.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// Forms with files: they are passed on while they come.
class UploadsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void formsPassWithTheModelsOwnName()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        for (const char *path : {"/v1/audio/transcriptions", "/v1/audio/translations"}) {
            const QByteArray model = formField("model", "fake/whisper-1");
            for (const QByteArray &body : {model + formFile(kBinary) + kFormEnd,
                                           formFile(kBinary) + formField("language", "de") + model + kFormEnd}) {
                f.upstream.enqueue(Script::head(200, {{"Content-Type", "text/plain"}}).body("hello").end());
                const HttpAnswer answer = f.form(path, body);
                QCOMPARE(answer.status, 200);
                QCOMPARE(answer.header("Content-Type"), "text/plain");
                QCOMPARE(answer.body, "hello");
                QCOMPARE(answer.header("X-LunarGate-Model"), "fake/whisper-1");
                const ReceivedRequest &request = f.upstream.lastRequest();
                QCOMPARE(request.path, QByteArray(path));
                QCOMPARE(request.header("Content-Type"), kFormType);
                QCOMPARE(request.body, QByteArray(body).replace("fake/whisper-1", "whisper-1"));
            }
        }
    }

    void aFormIsPassedOnWhileItComes_data()
    {
        QTest::addColumn<bool>("isChunked");
        QTest::newRow("with its length") << false;
        QTest::newRow("in chunks") << true;
    }

    // The provider has the request long before the client has sent it.
    void aFormIsPassedOnWhileItComes()
    {
        QFETCH(const bool, isChunked);
        PassthroughFixture f;
        QVERIFY(f.start());
        const QByteArray begin = formField("model", "fake/whisper-1") + "--xyz\r\nContent-Disposition: form-data; "
                                                                        "name=\"file\"; filename=\"a\"\r\n\r\n";
        const QByteArray content(1'000'000, 'a');
        const QByteArray end = "\r\n" + kFormEnd;
        const auto framed = [isChunked](const QByteArray &bytes) {
            return isChunked ? QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n" : bytes;
        };
        RawClient client(f.port());
        client.send("POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + kFormType + "\r\n" +
                    (isChunked ? QByteArray("Transfer-Encoding: chunked")
                               : "Content-Length: " + QByteArray::number(begin.size() + content.size() + end.size())) +
                    "\r\n\r\n" + framed(begin));
        QVERIFY(waitUntil([&] { return f.upstream.requestCount() == 1; }));
        client.send(framed(content));
        QVERIFY(waitUntil([&] { return f.upstream.request(0).body.size() > 900'000; }));
        QVERIFY(!f.upstream.request(0).hasWholeBody);
        client.send(framed(end) + (isChunked ? "0\r\n\r\n" : ""));
        QVERIFY(client.waitForAnswer());
        QCOMPARE(client.answer().status(), 200);
        QCOMPARE(client.answer().body(), R"({ "ok":1.0 })");
        QCOMPARE(f.upstream.request(0).body, QByteArray(begin).replace("fake/whisper-1", "whisper-1") + content + end);
        QCOMPARE(f.upstream.request(0).headers.contains("Content-Length"), !isChunked);
    }

    // What the provider does not take yet is not taken from the client.
    void aSlowProviderHoldsTheUploadBack()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        const GatePointer gate = Gate::make();
        f.upstream.holdBodies(gate);
        const QByteArray form = formField("purpose", "batch") + formFile(QByteArray(16'000'000, 'b')) + kFormEnd;
        const qint64 before = f.gateway.residentBytes();
        RawClient client(f.port());
        client.sendRequest("POST", "/v1/files", form, {{"Content-Type", kFormType}});
        QVERIFY(waitUntil([&] { return f.upstream.requestCount() == 1; }));
        QVERIFY(!client.waitForHead(std::chrono::milliseconds(500)));
#ifndef __SANITIZE_ADDRESS__ // the sanitizer keeps freed memory
        QVERIFY(f.gateway.residentBytes() - before < 8'000'000);
#else
        Q_UNUSED(before);
#endif
        gate->open();
        QVERIFY(client.waitForAnswer());
        QCOMPARE(client.answer().status(), 200);
        QCOMPARE(f.upstream.request(0).body, form);
    }

    void aClientThatLeavesInMidUploadEndsTheCall()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        RawClient client(f.port());
        client.send("POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + kFormType +
                    "\r\nContent-Length: 5000\r\n\r\n" + formField("purpose", "batch"));
        QVERIFY(waitUntil([&] { return f.upstream.requestCount() == 1; }));
        client.close();
        QVERIFY(f.upstream.waitForCancel(0));
        QCOMPARE(f.client().get("/health").status, 200);
    }

    void aClientThatIsSilentInMidUploadIsToldSo()
    {
        PassthroughFixture f;
        QVERIFY(f.start({.server = "read_timeout: 300ms"}));
        RawClient client(f.port());
        client.send("POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + kFormType +
                    "\r\nContent-Length: 5000\r\n\r\n" + formField("purpose", "batch"));
        QVERIFY(client.waitForAnswer());
        QCOMPARE(client.answer().status(), 408);
        QCOMPARE(textAt(client.answer().body(), "error.code"), "read_timeout");
        QVERIFY(f.upstream.waitForCancel(0));
        // The provider did nothing wrong.
        QCOMPARE(MetricsText(f.client().get("/metrics").body).sum("lunargate_attempts_total"), 0.0);
    }

    void aProviderThatTakesAllAndIsSilentIsGivenUp_data() { aFormIsPassedOnWhileItComes_data(); }

    void aProviderThatTakesAllAndIsSilentIsGivenUp()
    {
        QFETCH(const bool, isChunked);
        PassthroughFixture f;
        QVERIFY(f.start({.provider = "timeouts: {headers: 300ms}"}));
        f.upstream.enqueue(Script::silence());
        const QByteArray form = formField("purpose", "batch") + formFile(QByteArray(1000, 'b')) + kFormEnd;
        RawClient client(f.port());
        client.send("POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + kFormType + "\r\n" +
                    (isChunked ? "Transfer-Encoding: chunked" : "Content-Length: " + QByteArray::number(form.size())) +
                    "\r\n\r\n");
        QVERIFY(waitUntil([&] { return f.upstream.requestCount() == 1; }));
        client.send(isChunked ? QByteArray::number(form.size(), 16) + "\r\n" + form + "\r\n0\r\n\r\n" : form);
        QVERIFY(client.waitForAnswer());
        QCOMPARE(textAt(client.answer().body(), "error.code"), "header_timeout");
        QVERIFY(f.upstream.request(0).hasWholeBody);
        QVERIFY(f.upstream.waitForCancel(0));
    }

    void aProviderThatDoesNotTakeItIsGivenUp()
    {
        PassthroughFixture f;
        QVERIFY(f.start({.provider = "timeouts: {headers: 300ms}"}));
        const GatePointer gate = Gate::make();
        f.upstream.holdBodies(gate);
        RawClient client(f.port());
        client.sendRequest("POST", "/v1/files",
                           formField("purpose", "batch") + formFile(QByteArray(32'000'000, 'b')) + kFormEnd,
                           {{"Content-Type", kFormType}});
        QVERIFY(client.waitForAnswer());
        QCOMPARE(textAt(client.answer().body(), "error.code"), "upload_timeout");
        gate->open(); // or the end of the connection would stay behind what is not read
        QVERIFY(f.upstream.waitForCancel(0));
    }

    // As long as nothing of it went to the first one.
    void anUploadGoesOnToTheFallback()
    {
        FakeUpstream second;
        second.otherwise([](const ReceivedRequest &) { return Script::json(200, R"({"from":"second"})"); });
        GatewayProcess gateway;
        QVERIFY(gateway.start(
            "providers:\n  first: {type: openai, base_url: \"http://127.0.0.1:" + QByteArray::number(refusingPort()) +
            "/v1\"}\n  second: {type: openai, base_url: \"" + second.url() +
            "\"}\nrouting:\n  routes:\n    - name: main\n      targets: [{provider: first}]\n"
            "      fallback: [{provider: second}]\n"));
        const QByteArray begin = formField("model", "whisper-1");
        const QByteArray rest = formFile(QByteArray(100'000, 'c')) + kFormEnd;
        RawClient client(gateway.port());
        client.send("POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + kFormType +
                    "\r\nContent-Length: " + QByteArray::number(begin.size() + rest.size()) + "\r\n\r\n" + begin +
                    rest.first(100));
        QVERIFY(waitUntil([&] { return second.requestCount() == 1; }));
        client.send(rest.sliced(100));
        QVERIFY(client.waitForAnswer());
        QCOMPARE(textAt(client.answer().body(), "from"), "second");
        QCOMPARE(second.request(0).body, begin + rest);
    }

    void aModelThatDoesNotComeInTimeIsToldSo()
    {
        FakeUpstream unused;
        GatewayProcess gateway;
        QVERIFY(gateway.start(simpleConfig(unused).replace("routing:\n", "routing:\n  request_timeout: 300ms\n")));
        RawClient client(gateway.port());
        client.send("POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + kFormType +
                    "\r\nContent-Length: 5000\r\n\r\n--xyz\r\n");
        QVERIFY(client.waitForAnswer());
        QCOMPARE(client.answer().status(), 408);
        QCOMPARE(textAt(client.answer().body(), "error.code"), "request_timeout");
    }

    void anUploadThatTheProviderRefusesEarlyIsToldSo()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        f.upstream.enqueue(Script::json(500, R"({"error":{"message":"no","type":"server_error"}})"));
        const HttpAnswer answer =
            f.form("/v1/files", formField("purpose", "batch") + formFile(QByteArray(2'000'000, 'b')) + kFormEnd);
        QCOMPARE(answer.status, 500);
        QCOMPARE(textAt(answer.body, "error.message"), "no");
        QCOMPARE(f.upstream.requestCount(), 1); // it cannot be sent again
        QVERIFY(!answer.headers.contains("X-Should-Retry"));
    }

    void anUploadOverItsLimitIsRefused_data()
    {
        QTest::addColumn<bool>("isChunked");
        QTest::newRow("as announced") << false;
        QTest::newRow("while it comes") << true;
    }

    void anUploadOverItsLimitIsRefused()
    {
        QFETCH(const bool, isChunked);
        PassthroughFixture f;
        QVERIFY(f.start({.server = "max_upload_bytes: 1KiB"}));
        const QByteArray begin = formField("purpose", "batch");
        const QByteArray rest = formFile(QByteArray(2000, 'b')) + kFormEnd;
        const auto chunk = [](const QByteArray &bytes) {
            return QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n";
        };
        RawClient client(f.port());
        client.send("POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + kFormType + "\r\n" +
                    (isChunked
                         ? "Transfer-Encoding: chunked\r\n\r\n" + chunk(begin)
                         : "Content-Length: " + QByteArray::number(begin.size() + rest.size()) + "\r\n\r\n" + begin));
        if (isChunked) {
            QVERIFY(waitUntil([&] { return f.upstream.requestCount() == 1; }));
            client.send(chunk(rest));
        }
        QVERIFY(client.waitForAnswer());
        QCOMPARE(client.answer().status(), 413);
        QCOMPARE(textAt(client.answer().body(), "error.code"), "request_too_large");
        QVERIFY(client.answer().body().contains("1024 bytes (server.max_upload_bytes)"));
        QCOMPARE(f.upstream.requestCount(), isChunked ? 1 : 0);
        if (isChunked) {
            QVERIFY(f.upstream.waitForCancel(0));
            QVERIFY(!f.upstream.request(0).hasWholeBody);
        }
    }

    // A form is held until its model is known: no longer than any other body.
    void aModelBehindALargeFileIsRefused()
    {
        PassthroughFixture f;
        QVERIFY(f.start({.server = "max_body_bytes: 100KiB"}));
        const QByteArray model = formField("model", "whisper-1");
        const HttpAnswer held =
            f.form("/v1/audio/transcriptions", formFile(QByteArray(50'000, 'c')) + model + kFormEnd);
        QVERIFY2(held.status == 200, held.summary().constData());
        const QByteArray file = formFile(QByteArray(1'000'000, 'c'));
        const HttpAnswer late = f.form("/v1/audio/transcriptions", file + model + kFormEnd);
        QVERIFY2(late.status == 413, late.summary().constData());
        QCOMPARE(textAt(late.body, "error.code"), "request_too_large");
        QCOMPARE(textAt(late.body, "error.param"), "model");
        QCOMPARE(f.upstream.requestCount(), 1);
        QCOMPARE(f.form("/v1/audio/transcriptions", model + file + kFormEnd).status, 200);
    }

    // What the provider has of it is no request yet, so that it cannot make anything of it.
    void aFormWithoutItsEndIsRefused()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        const QByteArray open = formField("model", "whisper-1") + formFile(QByteArray(500'000, 'c'));
        for (const QByteArray &form : {open, formField("model", "whisper-1"), open + "--xyz\r\nX: a\r\n"}) {
            const HttpAnswer answer = f.form("/v1/audio/transcriptions", form);
            QVERIFY2(answer.status == 400, answer.summary().constData());
            QCOMPARE(textAt(answer.body, "error.code"), "invalid_form");
        }
        for (int i = 0; i < f.upstream.requestCount(); ++i) {
            QVERIFY(f.upstream.waitForCancel(i));
            QVERIFY(!f.upstream.request(i).hasWholeBody);
        }
    }

    void aSecondModelInAFormIsRefused()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        const QByteArray twice = formField("model", "whisper-1") + formField("model", "other") + kFormEnd;
        HttpAnswer answer = f.form("/v1/audio/transcriptions", twice);
        QCOMPARE(answer.status, 400);
        QCOMPARE(textAt(answer.body, "error.code"), "duplicate_key");
        QCOMPARE(f.upstream.requestCount(), 0);
        // The same when the first part went out already.
        const QByteArray late = formField("model", "whisper-1") + formFile(QByteArray(3'000'000, 'c')) +
                                formField("model", "other") + kFormEnd;
        answer = f.form("/v1/audio/transcriptions", late);
        QCOMPARE(answer.status, 400);
        QCOMPARE(textAt(answer.body, "error.code"), "duplicate_key");
    }

    void aClientWithoutAKeySendsNoUpload()
    {
        PassthroughFixture f;
        QVERIFY(f.start({.sections = "security:\n  provider: api_key\n  api_key:\n    keys:\n"
                                     "      - {name: all, value: key-of-everything-1}\n"}));
        RawClient client(f.port());
        client.send("POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + kFormType +
                    "\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n");
        QVERIFY(client.waitForAnswer());
        QCOMPARE(client.answer().status(), 401);
        QCOMPARE(f.upstream.requestCount(), 0);
    }
};

QTEST_GUILESS_MAIN(UploadsTest)
#include "tst_uploads.moc"
