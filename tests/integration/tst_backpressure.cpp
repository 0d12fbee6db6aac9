// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/raw_client.h"
#include "tests/support/sse_events.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

constexpr qint64 kMebibyte = 1024 * 1024;
constexpr int kFrameBytes = 16 * 1024;
constexpr int kFrames = 16384; // 256 MiB
// What the kernel may hold of two connections: net.ipv4.tcp_rmem and tcp_wmem let each grow to 32 and 4 MiB.
constexpr qint64 kKernelBuffers = 96 * kMebibyte;

QByteArray frame()
{
    return "data: " + chatChunk(R"({"content":")" + QByteArray(kFrameBytes - 200, 'x') + "\"}") + "\n\n";
}

Script longStream()
{
    return Script::eventStream().repeat(frame(), kFrames).data("[DONE]").end();
}

} // namespace

/// A client that does not read must not fill the gateway's memory: the provider is held back instead.
class BackpressureTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void slowClientHoldsTheProviderBack()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(longStream());
        QVERIFY(fixture.start());
        QCOMPARE(fixture.chat(QByteArray("nonsense")).status, 400); // warm
        const qint64 before = fixture.gateway.residentBytes();
        RawClient client(fixture.port());
        client.stopReading();
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model", R"("stream":true)"));
        waitUntilSendingStops(fixture.upstream);
        // What is sent sits in the kernel's buffers of two connections and, up to 1 MiB, in the gateway.
        QVERIFY2(fixture.upstream.request(0).bytesSent < kKernelBuffers,
                 (QByteArray::number(fixture.upstream.request(0).bytesSent)).constData());
        const qint64 growth = fixture.gateway.residentBytes() - before;
        QVERIFY2(growth < kAllowedGrowth, QByteArray::number(growth).constData());
        QVERIFY(!fixture.upstream.request(0).wasCancelled);

        client.resumeReading();
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QCOMPARE(client.answer().body().size(), qint64(frame().size()) * kFrames + 14); // and data: [DONE]
        QVERIFY(SseEvents::parse(client.answer().body().right(100)).endsWithDone());
    }

    void slowClientDoesNotDisturbOthersOfTheSameWorker()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(longStream());
        QVERIFY(fixture.start({.server = "workers: 1"}));
        RawClient client(fixture.port());
        client.stopReading();
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model", R"("stream":true)"));
        waitUntilSendingStops(fixture.upstream);
        for (int i = 0; i < 10; ++i)
            QCOMPARE(fixture.chat().status, 200);
    }

    void slowClientThatLeavesFreesTheProvider()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(longStream());
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.stopReading();
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model", R"("stream":true)"));
        waitUntilSendingStops(fixture.upstream);
        client.reset();
        QVERIFY(fixture.upstream.waitForCancel(0));
    }

    void writeTimeoutEndsAClientThatTakesNothing()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(longStream());
        QVERIFY(fixture.start({.server = "write_timeout: 500ms"}));
        RawClient client(fixture.port());
        client.stopReading();
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model", R"("stream":true)"));
        QVERIFY(fixture.upstream.waitForCancel(0, 5s));
    }

    void hugeWholeAnswerIsTakenUpToALimitOnly()
    {
        GatewayFixture fixture;
        // A provider gone mad: 1 GiB of white space that calls itself JSON.
        fixture.upstream.otherwise([](const ReceivedRequest &) {
            return Script::head(200, {{"Content-Type", "application/json"}})
                .repeat(QByteArray(kMebibyte, ' '), 1024)
                .end();
        });
        QVERIFY(fixture.start({.retry = "enabled: false"}));
        const HttpAnswer answer = HttpClient(fixture.port(), 30s).chat(chatBody("fake-model"));
        QVERIFY2(answer.status == 502, answer.summary().constData());
        QVERIFY(fixture.upstream.request(0).bytesSent < 512 * kMebibyte);
        QVERIFY(fixture.gateway.residentBytes() < kMostResident);
    }

private:
#ifdef __SANITIZE_ADDRESS__
    // The sanitizer keeps freed memory for a while: several copies of what went through to the kernel's buffers. A
    // stream that is not held back would take all of its 256 MiB, several times.
    static constexpr qint64 kAllowedGrowth = 192 * kMebibyte;
    static constexpr qint64 kMostResident = 800 * kMebibyte; // of the 256 MiB that are taken, with the sanitizer's own
#else
    // 1 MiB a stream, and what the allocator rounds up.
    static constexpr qint64 kAllowedGrowth = 4 * kMebibyte;
    static constexpr qint64 kMostResident = 512 * kMebibyte;
#endif

    // Until the upstream has not been able to send anything for a while.
    static void waitUntilSendingStops(const FakeUpstream &upstream)
    {
        QVERIFY(upstream.waitForRequests(1));
        qint64 sent = -1;
        while (std::exchange(sent, upstream.request(0).bytesSent) != upstream.request(0).bytesSent)
            waitUntil([&] { return upstream.request(0).bytesSent > sent; }, 500ms);
    }
};

QTEST_GUILESS_MAIN(BackpressureTest)
#include "tst_backpressure.moc"
