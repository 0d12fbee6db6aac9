// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/models_reader.h"

#include <QTest>

namespace lunargate {

class ModelsReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsTheListsOfServices_data();
    void readsTheListsOfServices();
    void refusesWhatIsNoList_data();
    void refusesWhatIsNoList();
};

namespace {

// `id created context`, a line a model; - for what is not known.
QByteArray textOf(const ModelPage &page)
{
    const auto number = [](std::optional<qint64> value) { return value ? QByteArray::number(*value) : "-"; };
    QByteArrayList lines;
    for (const ProviderModel &model : page.models)
        lines << model.id + ' ' + number(model.created) + ' ' + number(model.contextLength);
    return lines.join('\n');
}

} // namespace

void ModelsReaderTest::readsTheListsOfServices_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, QByteArray body, QByteArray expected) {
        QTest::newRow(name) << std::move(body) << std::move(expected);
    };
    row("OpenAI",
        R"({"object":"list","data":[{"id":"gpt-4o","object":"model","created":1715367049,"owned_by":"system"},)"
        R"({"id":"o3","object":"model","created":1744225308,"owned_by":"system"}]})",
        "gpt-4o 1715367049 -\no3 1744225308 -");
    row("Groq", R"({"object":"list","data":[{"id":"q","created":1,"active":true,"context_window":131072}]})",
        "q 1 131072");
    row("Together: the array alone",
        R"([{"id":"org/M","object":"model","created":0,"type":"chat","context_length":8192,"pricing":{"input":1}}])",
        "org/M - 8192");
    row("OpenRouter", R"({"data":[{"id":"a/b:free","created":5,"context_length":4096,"pricing":{"prompt":"0"}}]})",
        "a/b:free 5 4096");
    row("Mistral", R"({"data":[{"id":"m","created":6,"max_context_length":32768,"aliases":["n"]}]})", "m 6 32768");
    row("vLLM", R"({"object":"list","data":[{"id":"/models/x","created":7,"max_model_len":2048,"permission":[]}]})",
        "/models/x 7 2048");
    row("Gemini's prefix", R"({"data":[{"id":"models/gemini-2.5-flash","object":"model"}]})", "gemini-2.5-flash - -");
    row("nobody has any", R"({"data":[]})", "");
    row("odd entries", R"({"data":[null,"x",{"id":7},{"id":""},{"id":"ok","created":"now","context_length":-1}]})",
        "ok - -");
    row("a number that cannot be", R"({"data":[{"id":"x","context_length":1e300,"context_window":100}]})", "x - 100");
    row("spellings of numbers", R"({"data":[{"id":"x","created":1.7e9}]})", "x 1700000000 -");
}

void ModelsReaderTest::readsTheListsOfServices()
{
    QFETCH(const QByteArray, body);
    const Result<ModelPage> page = openai::readModelList(body);
    QVERIFY(page);
    QTEST(textOf(*page), "expected");
    QVERIFY(page->nextPage.isEmpty());
}

void ModelsReaderTest::refusesWhatIsNoList_data()
{
    QTest::addColumn<QByteArray>("body");
    for (const char *body : {"", "<html>", "{}", R"({"data":{}})", R"({"error":{"message":"m"}})", "7"})
        QTest::newRow(body) << QByteArray(body);
}

void ModelsReaderTest::refusesWhatIsNoList()
{
    QFETCH(const QByteArray, body);
    const Result<ModelPage> page = openai::readModelList(body);
    QVERIFY(!page);
    QCOMPARE(page.error().kind, ErrorKind::UpstreamProtocol);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ModelsReaderTest)
#include "tst_models_reader.moc"
