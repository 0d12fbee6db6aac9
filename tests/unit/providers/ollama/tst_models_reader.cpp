// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/ollama/ollama_testing.h"

#include <QTest>

namespace lunargate {

class ModelsReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void asksForTheTags();
    void readsTheNames_data();
    void readsTheNames();
    void refusesWhatIsNoList_data();
    void refusesWhatIsNoList();
};

void ModelsReaderTest::asksForTheTags()
{
    ProviderConfig config = test::ollamaConfig();
    config.apiKey = SecretString("key-1");
    const std::optional<UpstreamRequest> request = OllamaProvider(config).modelsRequest({});
    QVERIFY(request);
    QCOMPARE(request->method, "GET");
    QCOMPARE(request->url.toEncoded(), "http://localhost:11434/api/tags");
    QCOMPARE(request->headers.value("Authorization"), "Bearer key-1");
    QCOMPARE(request->body, "");
}

void ModelsReaderTest::readsTheNames_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("models");
    QTest::newRow("two") << QByteArray(
                                R"({"models":[{"name":"qwen3:8b","model":"qwen3:8b",)"
                                R"("modified_at":"2026-06-01T10:00:00.1+02:00","size":5225388164,"digest":"d",)"
                                R"("details":{"parent_model":"","format":"gguf","family":"qwen3","families":["qwen3"],)"
                                R"("parameter_size":"8.2B","quantization_level":"Q4_K_M","context_length":40960}},)"
                                R"({"name":"nomic-embed-text:latest","details":{}}]})")
                         << QByteArray("qwen3:8b 40960, nomic-embed-text:latest -");
    QTest::newRow("without name") << QByteArray(R"({"models":[{"model":"a"},{"name":""},{},7,null]})")
                                  << QByteArray("a -");
    QTest::newRow("none") << QByteArray(R"({"models":[]})") << QByteArray();
    QTest::newRow("null") << QByteArray(R"({"models":null})") << QByteArray();
}

void ModelsReaderTest::readsTheNames()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, models);
    const Result<ModelPage> page = OllamaProvider(test::ollamaConfig()).readModels(body);
    QVERIFY(page);
    QByteArrayList read;
    for (const ProviderModel &model : page->models)
        read.append(model.id + ' ' + (model.contextLength ? QByteArray::number(*model.contextLength) : "-"));
    QCOMPARE(read.join(", "), models);
    QCOMPARE(page->nextPage, "");
}

void ModelsReaderTest::refusesWhatIsNoList_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("no JSON") << QByteArray("Ollama is running");
    QTest::newRow("no object") << QByteArray("[]");
    QTest::newRow("no models") << QByteArray("{}");
    QTest::newRow("another type") << QByteArray(R"({"models":"a"})");
}

void ModelsReaderTest::refusesWhatIsNoList()
{
    QFETCH(const QByteArray, body);
    const Result<ModelPage> page = OllamaProvider(test::ollamaConfig()).readModels(body);
    QVERIFY(!page);
    QCOMPARE(page.error().kind, ErrorKind::UpstreamProtocol);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ModelsReaderTest)
#include "tst_models_reader.moc"
