// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/protocol.h"

#include "gateway/providers/provider_registry.h"
#include "tests/bench/stream_script.h"
#include "tests/bench/stream_verifier.h"
#include "tests/unit/providers/protocol_testing.h"

#include <QTest>

namespace lunargate::bench {

/// The gateway's own providers against the fake upstream's protocols, without a network.
class ProtocolsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void providersAskForWhatIsServed_data();
    void providersAskForWhatIsServed();
    void completionsAreRead_data();
    void completionsAreRead();
    void streamsAreRead_data();
    void streamsAreRead();
    void faultsOfStreamsAreNoticed_data();
    void faultsOfStreamsAreNoticed();

private:
    const Protocol *m_protocol = nullptr;
    std::shared_ptr<const Provider> m_provider;
};

namespace {

constexpr int kChunks = 8;

struct Service
{
    const char *type;
    lunargate::Protocol protocol;
    const char *baseUrl; // as in runner/targets.py
};

constexpr Service kServices[] = {
    {"openai", lunargate::Protocol::OpenAi, "http://127.0.0.1:9/v1"},
    {"anthropic", lunargate::Protocol::Anthropic, "http://127.0.0.1:9"},
    {"gemini", lunargate::Protocol::Gemini, "http://127.0.0.1:9/v1beta"},
    {"responses", lunargate::Protocol::OpenAi, "http://127.0.0.1:9/v1"},
    {"ollama", lunargate::Protocol::Ollama, "http://127.0.0.1:9"},
};

void addServices()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("baseUrl");
    for (const Service &service : kServices)
        QTest::newRow(service.type) << QByteArray(service.type) << QByteArray(service.baseUrl);
}

std::shared_ptr<const Provider> providerFor(const QByteArray &type, const QByteArray &baseUrl)
{
    ProviderConfig config;
    config.id = "bench";
    config.type = type;
    config.protocol =
        std::ranges::find_if(kServices, [&](const Service &service) { return type == service.type; })->protocol;
    config.apiKey = SecretString(QByteArrayLiteral("bench"));
    config.baseUrl = baseUrl;
    const bool isResponses = type == "responses";
    config.capabilities.responses = isResponses;
    return ProviderRegistry({config}).find("bench", isResponses);
}

QByteArray requestBody(bool isStream)
{
    const QByteArray stream = isStream ? R"("stream":true,"stream_options":{"include_usage":true},)" : "";
    return R"({"model":"bench-model",)" + stream + R"("messages":[{"role":"user","content":"Count slowly."}]})";
}

std::unique_ptr<ProviderCall> callOf(const Provider &provider, bool isStream)
{
    return test::callFor(provider, requestBody(isStream), "bench-model").value();
}

/// A whole stream, as the fake upstream sends it with `fault`.
QByteArray streamOf(const Protocol &protocol, Fault fault)
{
    QByteArray stream;
    StreamScript script(protocol, kChunks, fault);
    while (script.state() == StreamScript::State::Running)
        stream += script.next(Clock::now());
    return stream;
}

/// What the load generator says about the frames that a client got.
QByteArray problemOf(const QByteArray &frames)
{
    StreamVerifier verifier(kChunks);
    verifier.take(std::string_view(frames.constData(), static_cast<size_t>(frames.size())), Clock::now());
    return QByteArray::fromStdString(verifier.finish());
}

} // namespace

void ProtocolsTest::init()
{
    QTest::failOnWarning();
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, baseUrl);
    m_provider = providerFor(type, baseUrl);
    const auto found = std::ranges::find(protocols(), std::string_view(type), &Protocol::name);
    QVERIFY(m_provider);
    QVERIFY(found != protocols().end());
    m_protocol = *found;
}

void ProtocolsTest::providersAskForWhatIsServed_data()
{
    addServices();
}

void ProtocolsTest::providersAskForWhatIsServed()
{
    for (const bool isStream : {false, true}) {
        const std::unique_ptr<ProviderCall> call = callOf(*m_provider, isStream);
        const QByteArray target = call->request.url.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority);
        const auto asked = m_protocol->asked(target.toStdString(), call->request.body.toStdString());
        QVERIFY2(asked == (isStream ? Protocol::Asked::Stream : Protocol::Asked::Completion), target);
    }
}

void ProtocolsTest::completionsAreRead_data()
{
    addServices();
}

void ProtocolsTest::completionsAreRead()
{
    const std::string answer = m_protocol->completion(completionText());
    const QByteArray seen = test::clientAnswer(*callOf(*m_provider, false), QByteArray::fromStdString(answer));
    QVERIFY2(seen.contains(completionText()), seen);
    QVERIFY2(seen.contains(R"("finish_reason":"stop")"), seen);
    QVERIFY2(seen.contains(R"("prompt_tokens":100,"completion_tokens":140,)"), seen);
}

void ProtocolsTest::streamsAreRead_data()
{
    addServices();
}

void ProtocolsTest::streamsAreRead()
{
    const QByteArray frames = test::clientFrames(*callOf(*m_provider, true), streamOf(*m_protocol, Fault::None), true);
    QVERIFY2(problemOf(frames).isEmpty(), problemOf(frames) + ":\n" + frames);
    QVERIFY2(frames.contains(R"("prompt_tokens":100,"completion_tokens":8,)"), frames);
}

void ProtocolsTest::faultsOfStreamsAreNoticed_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("baseUrl");
    QTest::addColumn<QByteArray>("fault");
    QTest::addColumn<QByteArray>("problem");
    const auto row = [](const Service &service, const char *fault, const char *problem) {
        QTest::addRow("%s, %s", service.type, fault)
            << QByteArray(service.type) << QByteArray(service.baseUrl) << QByteArray(fault) << QByteArray(problem);
    };
    for (const Service &service : kServices) {
        row(service, "corrupt", "a chunk with changed text");
        row(service, "reorder", "a chunk missing or early");
        row(service, "duplicate", "a chunk twice or late");
        row(service, "mix", "a chunk of another stream");
        row(service, "short", "chunks missing at the end");
        row(service, "cut", "chunks missing at the end");
    }
    // Behind a finish reason the gateway forgives a missing [DONE], which tells nothing new, and adds it.
    row(kServices[0], "missing-done", "");
    row(kServices[1], "missing-done", "no usage");
    row(kServices[2], "missing-done", "no finish reason");
    row(kServices[3], "missing-done", "no finish reason");
    row(kServices[4], "missing-done", "no finish reason");
}

void ProtocolsTest::faultsOfStreamsAreNoticed()
{
    QFETCH(QByteArray, fault);
    QFETCH(QByteArray, problem);
    const QByteArray stream = streamOf(*m_protocol, *faultFromName(fault.toStdString()));
    QCOMPARE(problemOf(test::clientFrames(*callOf(*m_provider, true), stream, true)), problem);
}

} // namespace lunargate::bench

QTEST_GUILESS_MAIN(lunargate::bench::ProtocolsTest)
#include "tst_protocols.moc"
