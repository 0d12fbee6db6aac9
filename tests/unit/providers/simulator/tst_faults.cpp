// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/document.h"
#include "gateway/providers/simulator/faults.h"

#include <QTest>

#include <algorithm>
#include <thread>

using namespace lunargate;
using namespace lunargate::simulator;

namespace {

std::generator<Chunk> twoFramesAndTheEnd()
{
    co_yield Chunk{.bytes = "a"};
    co_yield Chunk{.bytes = "b"};
    co_yield Chunk{.bytes = "E", .isEnd = true};
}

/// One letter a chunk: its bytes, `X` for a cut, `S` for a stall, `M` for the malformed frame.
QByteArray summary(std::generator<Chunk> chunks)
{
    QByteArray text;
    for (const Chunk &chunk : chunks) {
        if (chunk.kind == Chunk::Kind::Data)
            text += chunk.bytes.startsWith("data: {broken") ? QByteArray("M") : chunk.bytes;
        else
            text += chunk.kind == Chunk::Kind::Cut ? 'X' : 'S';
    }
    return text;
}

} // namespace

class TestFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void breaksStreams_data()
    {
        QTest::addColumn<SimulatorConfig>("config");
        QTest::addColumn<QByteArray>("stream");
        QTest::addColumn<QByteArray>("body");
        const auto row = [](const char *name, const SimulatorConfig &config, const char *stream, const char *body) {
            QTest::addRow("%s", name) << config << QByteArray(stream) << QByteArray(body);
        };
        row("no fault", {}, "abE", "1234");
        row("cut at once", {.cutAfterChunks = 0}, "X", "X");
        row("cut after one", {.cutAfterChunks = 1}, "aX", "12X");
        row("cut instead of the end", {.cutAfterChunks = 3}, "abEX", "12X");
        row("cut beyond the end", {.cutAfterChunks = 4}, "abE", "12X");
        row("stall at once", {.stallAfterChunks = 0}, "S", "S");
        row("stall after two", {.stallAfterChunks = 2}, "abS", "12S");
        row("malformed first", {.malformedAfterChunks = 0}, "MabE", "12");
        row("malformed between", {.malformedAfterChunks = 1}, "aMbE", "12");
        row("malformed and cut", {.cutAfterChunks = 1, .malformedAfterChunks = 1}, "aMX", "12X");
        row("missing end", {.missingEnd = true}, "ab", "1234");
    }
    void breaksStreams()
    {
        QFETCH(SimulatorConfig, config);
        QTEST(summary(withStreamFaults(twoFramesAndTheEnd(), config)), "stream");
        QTEST(summary(withBodyFaults("1234", 0, config)), "body");
    }

    void givesEachRequestItsStatusInOrder()
    {
        FaultSequence sequence({503, 200, 429});
        QCOMPARE(sequence.next(), 503);
        QCOMPARE(sequence.next(), 200);
        QCOMPARE(sequence.next(), 429);
        QCOMPARE(sequence.next(), 200);
        QCOMPARE(sequence.next(), 200);
    }

    void sharesTheSequenceBetweenThreads()
    {
        std::vector<int> statuses(1000);
        std::ranges::generate(statuses, [status = 1000]() mutable { return status++; });
        FaultSequence sequence(statuses);
        std::vector<int> seen[4];
        {
            std::vector<std::jthread> threads;
            for (std::vector<int> &mine : seen) {
                threads.emplace_back([&sequence, &mine] {
                    for (int i = 0; i < 250; ++i)
                        mine.push_back(sequence.next());
                });
            }
        }
        std::vector<int> all;
        for (const std::vector<int> &mine : seen) {
            QVERIFY(std::ranges::is_sorted(mine));
            all.insert(all.end(), mine.begin(), mine.end());
        }
        std::ranges::sort(all);
        QCOMPARE(all, statuses);
        QCOMPARE(sequence.next(), 200);
    }

    void describesStatusesAsOpenAiDoes_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("code");
        QTest::addRow("401") << 401 << QByteArray("invalid_request_error") << QByteArray("invalid_api_key");
        QTest::addRow("429") << 429 << QByteArray("requests") << QByteArray("rate_limit_exceeded");
        QTest::addRow("503") << 503 << QByteArray("server_error") << QByteArray("overloaded");
        QTest::addRow("418") << 418 << QByteArray("invalid_request_error") << QByteArray("simulated_fault");
        QTest::addRow("529") << 529 << QByteArray("server_error") << QByteArray("simulated_fault");
    }
    void describesStatusesAsOpenAiDoes()
    {
        QFETCH(int, status);
        const std::optional<json::Document> document = json::Document::parse(statusErrorBody(status));
        QVERIFY(document);
        const json::Value error = document->root()["error"];
        QTEST(error["type"].toByteArray(), "type");
        QTEST(error["code"].toByteArray(), "code");
        QVERIFY(!error["message"].string().isEmpty());
        QVERIFY(error["param"].isNull());
    }

    void roundsRetryAfterUp()
    {
        const HeaderList headers = retryAfterHeaders(1'500ms);
        QCOMPARE(headers.value("retry-after"), "2");
        QCOMPARE(headers.value("retry-after-ms"), "1500");
    }
};

QTEST_APPLESS_MAIN(TestFaults)
#include "tst_faults.moc"
