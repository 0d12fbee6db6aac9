// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/models_reader.h"

#include "gateway/providers/openai/openai_provider.h"

#include <QTest>

namespace lunargate {

class OpenAiModelsReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsLists_data();
    void readsLists();
    void refusesWhatIsNoList_data();
    void refusesWhatIsNoList();
    void asksForTheList();
};

void OpenAiModelsReaderTest::readsLists_data()
{
    using Models = std::vector<ProviderModel>;
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<Models>("models");
    QTest::newRow("OpenAI") << QByteArray(
                                   R"({"object":"list","data":[{"id":"a","object":"model","created":7},{"id":"b"}]})")
                            << Models{{.id = "a", .created = 7}, {.id = "b"}};
    QTest::newRow("bare list") << QByteArray(R"([{"id":"x/y","created":1.0,"context_length":131072}])")
                               << Models{{.id = "x/y", .created = 1, .contextLength = 131072}};
    QTest::newRow("empty") << QByteArray(R"({"data":[]})") << Models();
    QTest::newRow("odd elements")
        << QByteArray(R"({"data":[null,7,{},{"id":""},{"id":5},{"id":"a","created":"x","context_length":-1}]})")
        << Models{{.id = "a"}};
}

void OpenAiModelsReaderTest::readsLists()
{
    QFETCH(const QByteArray, body);
    QFETCH(const std::vector<ProviderModel>, models);
    const Result<ModelPage> page = openai::readModels(body);
    QVERIFY(page);
    QVERIFY(page->models == models);
    QCOMPARE(page->nextPage, "");
}

void OpenAiModelsReaderTest::refusesWhatIsNoList_data()
{
    QTest::addColumn<QByteArray>("body");
    for (const char *body : {"", "<html>", "{}", "null", R"({"data":{}})"})
        QTest::newRow(*body ? body : "empty") << QByteArray(body);
}

void OpenAiModelsReaderTest::refusesWhatIsNoList()
{
    QFETCH(const QByteArray, body);
    const Result<ModelPage> page = openai::readModels(body);
    QVERIFY(!page);
    QCOMPARE(page.error().kind, ErrorKind::UpstreamProtocol);
}

void OpenAiModelsReaderTest::asksForTheList()
{
    ProviderConfig config;
    config.baseUrl = "http://127.0.0.1:9/v1";
    config.apiKey = SecretString("sk-1");
    config.organization = "org-1";
    config.connectTimeout = std::chrono::milliseconds(1234);
    const std::optional<UpstreamRequest> request = OpenAiProvider(config).modelsRequest({});
    QVERIFY(request);
    QCOMPARE(request->method, "GET");
    QCOMPARE(request->url.toEncoded(), "http://127.0.0.1:9/v1/models");
    QCOMPARE(request->headers.value("Authorization"), "Bearer sk-1");
    QCOMPARE(request->headers.value("OpenAI-Organization"), "org-1");
    QVERIFY(!request->headers.contains("Content-Type"));
    QCOMPARE(request->body, "");
    QCOMPARE(request->connectTimeout.count(), 1234);
}

} // namespace lunargate

QTEST_APPLESS_MAIN(lunargate::OpenAiModelsReaderTest)
#include "tst_models_reader.moc"
