// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/ollama/ollama_testing.h"

#include <QTest>

namespace lunargate {

class ErrorReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsWhatOllamaSays_data();
    void readsWhatOllamaSays();
    void knowsAConversationThatIsTooLong();
    void keepsStatusAndHeaders();
};

void ErrorReaderTest::readsWhatOllamaSays_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<bool>("isOllamas"); // clients of Ollama's protocol can read it
    const auto row = [](const char *name, int status, QByteArray body, QByteArray message) {
        const bool isOllamas = body.startsWith(R"({"error":")") && !body.startsWith(R"({"error":""})");
        QTest::newRow(name) << status << std::move(body) << std::move(message) << isOllamas;
    };
    row("no model", 404, R"({"error":"model 'x' not found"})", "model 'x' not found");
    row("no tools", 400, R"({"error":"registry.ollama.ai/library/gemma:2b does not support tools"})",
        "registry.ollama.ai/library/gemma:2b does not support tools");
    row("signed out", 401, R"({"error":"unauthorized","signin_url":"https://ollama.com/connect?x"})", "unauthorized");
    row("a proxy's object", 429, R"({"error":{"message":"slow down","type":"t","code":7}})", "slow down");
    row("text", 404, "404 page not found", "404 page not found");
    row("HTML", 502, "<html><body>Bad Gateway</body></html>", "<html><body>Bad Gateway</body></html>");
    row("empty", 503, "", "provider returned status 503");
    row("no text in it", 500, R"({"error":""})", R"({"error":""})");
    row("odd types", 500, R"({"error":[1,{"message":2}]})", R"({"error":[1,{"message":2}]})");
    row("the key in it", 401, R"({"error":"bad key sk-canary-0123456789"})", "bad key ***");
}

void ErrorReaderTest::readsWhatOllamaSays()
{
    QFETCH(const int, status);
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, message);
    QFETCH(const bool, isOllamas);
    ProviderConfig config = test::ollamaConfig();
    config.apiKey = SecretString("sk-canary-0123456789");
    const UpstreamFailure failure = OllamaProvider(config).readError({.status = status, .headers = {}}, body);
    QCOMPARE(failure.error.message, message);
    QCOMPARE(failure.error.upstreamStatus, status);
    QCOMPARE(httpStatus(failure.error), status);
    QVERIFY(failure.fromProvider);
    const QByteArray passed = QByteArray(body).replace("sk-canary-0123456789", "***");
    QCOMPARE(failure.body, isOllamas ? passed : QByteArray());
    QCOMPARE(failure.protocol == ChatProtocol::Ollama, isOllamas);
}

void ErrorReaderTest::knowsAConversationThatIsTooLong()
{
    const OllamaProvider provider(test::ollamaConfig());
    const UpstreamHead head{.status = 400, .headers = {}};
    const Error tooLong = provider.readError(head, R"({"error":"the input length exceeds the context length"})").error;
    QCOMPARE(tooLong.refusal, Refusal::ContextLength);
    QCOMPARE(errorCode(tooLong), "context_length_exceeded");
    QCOMPARE(provider.readError(head, R"({"error":"no such model"})").error.refusal, Refusal::None);
}

void ErrorReaderTest::keepsStatusAndHeaders()
{
    UpstreamHead head{.status = 503, .headers = {}};
    head.headers.add("Retry-After", "2");
    const UpstreamFailure failure =
        OllamaProvider(test::ollamaConfig()).readError(head, R"({"error":"server busy, please try again."})");
    QCOMPARE(failure.error.kind, ErrorKind::UpstreamStatus);
    QCOMPARE(failure.error.retryAfter, std::chrono::seconds(2));
    QCOMPARE(failure.headers.value("retry-after"), "2");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ErrorReaderTest)
#include "tst_error_reader.moc"
