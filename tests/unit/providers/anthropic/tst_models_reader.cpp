// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/models_reader.h"

#include <QTest>

namespace lunargate {

class ModelsReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsAPage();
    void knowsTheLastPage_data();
    void knowsTheLastPage();
    void refusesWhatIsNoList_data();
    void refusesWhatIsNoList();
};

void ModelsReaderTest::readsAPage()
{
    const Result<ModelPage> page = anthropic::readModels(
        R"({"data":[{"type":"model","id":"claude-a","display_name":"A","created_at":"2026-02-04T00:00:00Z","max_input_tokens":1000000,"max_tokens":128000},)"
        R"({"type":"model","id":"claude-b","created_at":"yesterday","max_input_tokens":"many"},{"id":""},7],)"
        R"("has_more":true,"first_id":"claude-a","last_id":"claude-b"})");
    QVERIFY(page);
    QCOMPARE(page->models.size(), 2);
    QCOMPARE(page->models[0].id, "claude-a");
    QCOMPARE(page->models[0].created, std::optional<qint64>(1770163200));
    QCOMPARE(page->models[0].contextLength, std::optional<qint64>(1000000));
    QCOMPARE(page->models[1].id, "claude-b");
    QVERIFY(!page->models[1].created);
    QVERIFY(!page->models[1].contextLength);
    QCOMPARE(page->nextPage, "claude-b");
}

void ModelsReaderTest::knowsTheLastPage_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("said") << QByteArray(R"({"data":[],"has_more":false,"last_id":"x"})");
    QTest::newRow("not said") << QByteArray(R"({"data":[],"last_id":"x"})");
    QTest::newRow("more, but nowhere") << QByteArray(R"({"data":[],"has_more":true,"last_id":null})");
}

void ModelsReaderTest::knowsTheLastPage()
{
    QFETCH(const QByteArray, body);
    const Result<ModelPage> page = anthropic::readModels(body);
    QVERIFY(page);
    QVERIFY(page->nextPage.isEmpty());
}

void ModelsReaderTest::refusesWhatIsNoList_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("HTML") << QByteArray("<html>");
    QTest::newRow("an object") << QByteArray(R"({"data":{}})");
}

void ModelsReaderTest::refusesWhatIsNoList()
{
    QFETCH(const QByteArray, body);
    const Result<ModelPage> page = anthropic::readModels(body);
    QVERIFY(!page);
    QCOMPARE(page.error().kind, ErrorKind::UpstreamProtocol);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ModelsReaderTest)
#include "tst_models_reader.moc"
