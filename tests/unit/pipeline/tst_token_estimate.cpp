// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/token_estimate.h"

#include "gateway/dialects/ollama/call_reader.h"
#include "gateway/dialects/openai_chat/request_reader.h"
#include "gateway/dialects/openai_embeddings/request_reader.h"
#include "gateway/dialects/openai_responses/responses_call.h"
#include "gateway/pipeline/normalise.h"

#include <QTest>

#include <limits>

using namespace lunargate;

class TokenEstimateTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void estimatesChats_data();
    void estimatesChats();
    void countsTheInputOfCallsThatOnlyTheirOwnProtocolCanSay();
    void countsPromptsThatOnlyOllamaCanTake();
    void estimatesEmbeddings_data();
    void estimatesEmbeddings();
    void tellsWhatWasUsed_data();
    void tellsWhatWasUsed();
};

void TokenEstimateTest::estimatesChats_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<qint64>("output");
    QTest::addColumn<bool>("isGuessed");
    const auto row = [](const char *name, const char *members, qint64 output, bool isGuessed = false) {
        QTest::newRow(name) << QByteArray(members) << output << isGuessed;
    };
    row("no word of its length", "", kGuessedAnswerTokens, true);
    row("max_tokens", R"("max_tokens":50)", 50);
    row("max_completion_tokens", R"("max_completion_tokens":60,"max_tokens":50)", 60);
    row("null", R"("max_completion_tokens":null,"max_tokens":50)", 50);
    row("as a float", R"("max_tokens":50.0)", 50);
    row("several answers", R"("max_tokens":50,"n":3)", 150);
    row("several answers of any length", R"("n":2)", 2 * kGuessedAnswerTokens, true);
    row("nonsense", R"("max_tokens":-7,"n":-1)", 0);
    row("more nonsense", R"("max_tokens":"many","n":"all")", kGuessedAnswerTokens, true);
    row("large nonsense", R"("max_tokens":9000000000000000000,"n":9000000000000000000)",
        std::numeric_limits<qint32>::max());
}

void TokenEstimateTest::estimatesChats()
{
    QFETCH(const QByteArray, members);
    for (const char *content : {R"("0123456789abc")", R"([{"type":"text","text":"0123456789abc"}])"}) {
        QByteArray body = R"({"messages":[{"role":"user","content":)" + QByteArray(content) + "}]";
        body += (members.isEmpty() ? "" : ",") + members + '}';
        Result<ChatRequest> request = openai_chat::readRequest(body, 100);
        QVERIFY(request);
        QVERIFY(normalise(*request));
        const TokenEstimate estimate = estimateTokens(*request);
        if (request->conversation)
            QCOMPARE(estimate.input, 4); // 13 bytes
        QTEST(estimate.output, "output");
        QTEST(estimate.isOutputGuessed, "isGuessed");
    }
}

void TokenEstimateTest::countsTheInputOfCallsThatOnlyTheirOwnProtocolCanSay()
{
    Result<responses::ResponsesBody> body =
        responses::readBody(R"({"input":")" + QByteArray(398, 'x') + R"(","tools":[{"type":"file_search"}]})", 100);
    QVERIFY(body);
    const Result<std::unique_ptr<ClientCall>> call = responses::readCall(*std::move(body), {}, {});
    QVERIFY(call);
    ChatRequest &request = (*call)->request;
    QVERIFY(request.untranslatable);
    QVERIFY(normalise(request));
    QCOMPARE(estimateTokens(request).input, 100); // with its quotes
}

void TokenEstimateTest::countsPromptsThatOnlyOllamaCanTake()
{
    const QByteArray body = R"({"prompt":")" + QByteArray(198, 'x') + R"(","suffix":")" + QByteArray(98, 'x') +
                            R"(","system":")" + QByteArray(98, 'x') + R"(","images":["abcd"],"raw":true})";
    const Result<ollama_api::ReadCall> read =
        ollama_api::readGenerateCall(body, 100, [](QByteArrayView name) { return name.toByteArray(); });
    QVERIFY(read);
    ChatRequest &request = read->call->request;
    QVERIFY(request.untranslatable);
    QVERIFY(normalise(request));
    QCOMPARE(estimateTokens(request).input, 100); // with its quotes
}

void TokenEstimateTest::estimatesEmbeddings_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<qint64>("tokens");
    QTest::newRow("a text") << QByteArray(R"("12345678")") << qint64(2);
    QTest::newRow("texts") << QByteArray(R"(["12345678","123"])") << qint64(3);
}

void TokenEstimateTest::estimatesEmbeddings()
{
    QFETCH(const QByteArray, input);
    const auto request = openai_embeddings::readRequest(R"({"model":"m","input":)" + input + '}', 100);
    QVERIFY(request);
    const TokenEstimate estimate = estimateTokens(*request);
    QTEST(estimate.total(), "tokens");
    QVERIFY(!estimate.isOutputGuessed);
    const auto tokens = openai_embeddings::readRequest(R"({"model":"m","input":[15496,995,11,1917]})", 100);
    QVERIFY(tokens);
    QVERIFY(estimateTokens(*tokens).total() >= 4);
}

void TokenEstimateTest::tellsWhatWasUsed_data()
{
    QTest::addColumn<RequestRecord>("record");
    QTest::addColumn<qint64>("used"); // of 100 read and 50 written that were put aside
    const auto row = [](const char *name, const RequestRecord &record, qint64 used) {
        QTest::newRow(name) << record << used;
    };
    const Error failure{.kind = ErrorKind::UpstreamStatus, .reason = "upstream_error", .message = ""};
    const Error leaving{.kind = ErrorKind::ClientCancelled, .reason = "client_cancelled", .message = ""};
    RequestRecord record;
    row("no provider was called", record, 0);
    record.usage = Usage{.input = 7, .cachedInput = 1, .output = 2, .reasoning = 3};
    row("an answer out of the cache", record, 0);
    record.attempts = 2;
    row("what the provider says", record, 13);
    record.setError(failure);
    row("what the provider says of a stream that broke", record, 13);
    record.usage.reset();
    row("every provider failed", record, 0);
    record.setError(leaving);
    row("the client left", record, 100);
    record = RequestRecord();
    record.attempts = 1;
    record.bytesOut = 80;
    row("the provider says nothing", record, 120);
    record.bytesOut = 8000;
    row("the provider says nothing of a long body", record, 150);
    record.stream = true;
    record.streamedTextBytes = 4000;
    row("the provider says nothing of a stream", record, 1100);
}

void TokenEstimateTest::tellsWhatWasUsed()
{
    QFETCH(const RequestRecord, record);
    QTEST(tokensUsed(record, {.input = 100, .output = 50}), "used");
}

QTEST_APPLESS_MAIN(TokenEstimateTest)
#include "tst_token_estimate.moc"
