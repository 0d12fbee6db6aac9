// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/model_list_page.h"

#include <QTest>

using namespace lunargate;

namespace {

QByteArray idsOf(const ModelListPage &page)
{
    QByteArrayList ids;
    for (const ModelEntry &model : page.models)
        ids << model.id;
    return ids.join(' ');
}

std::vector<ModelEntry> models(const QByteArrayList &ids)
{
    std::vector<ModelEntry> models;
    for (const QByteArray &id : ids)
        models.push_back({.id = id, .ownedBy = "p"});
    return models;
}

} // namespace

class ModelListPageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void isWhatTheQueryNames_data();
    void isWhatTheQueryNames();
    void refusesWhatItCannotRead_data();
    void refusesWhatItCannotRead();
    void pagesOfAnEmptyListAreEmpty();
};

void ModelListPageTest::isWhatTheQueryNames_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<QByteArray>("ids");
    QTest::addColumn<bool>("hasMore");
    const auto row = [](const char *name, QByteArray query, QByteArray ids, bool hasMore) {
        QTest::newRow(name) << std::move(query) << std::move(ids) << hasMore;
    };
    row("nothing said", "", "a p/b c d", false);
    row("other parameters", "?beta=true&beta=false&x", "a p/b c d", false);
    row("first page", "?limit=3", "a p/b c", true);
    row("all of them", "?limit=4", "a p/b c d", false);
    row("the most there can be", "?limit=1000", "a p/b c d", false);
    row("next page", "?limit=2&after_id=a", "p/b c", true);
    row("last page", "?limit=2&after_id=p%2Fb", "c d", false);
    row("the rest", "?after_id=p/b", "c d", false);
    row("behind the last", "?after_id=d", "", false);
    row("backwards", "?limit=2&before_id=d", "p/b c", true);
    row("backwards to the first", "?limit=2&before_id=c", "a p/b", false);
    row("all before", "?before_id=c", "a p/b", false);
    row("before the first", "?limit=2&before_id=a", "", false);
}

void ModelListPageTest::isWhatTheQueryNames()
{
    QFETCH(const QByteArray, query);
    QFETCH(const QByteArray, ids);
    QFETCH(const bool, hasMore);
    const std::vector<ModelEntry> all = models({"a", "p/b", "c", "d"});
    const Result<ModelListPage> page = pageOf(all, "/v1/models" + query);
    QVERIFY2(page, page ? "" : page.error().message.constData());
    QCOMPARE(idsOf(*page), ids);
    QCOMPARE(page->hasMore, hasMore);
}

void ModelListPageTest::refusesWhatItCannotRead_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<QByteArray>("param");
    QTest::newRow("no number") << QByteArray("?limit=x") << QByteArray("limit");
    QTest::newRow("empty") << QByteArray("?limit=") << QByteArray("limit");
    QTest::newRow("none") << QByteArray("?limit=0") << QByteArray("limit");
    QTest::newRow("negative") << QByteArray("?limit=-1") << QByteArray("limit");
    QTest::newRow("too many") << QByteArray("?limit=1001") << QByteArray("limit");
    QTest::newRow("unknown model") << QByteArray("?after_id=z") << QByteArray("after_id");
    QTest::newRow("unknown model, backwards") << QByteArray("?before_id=z") << QByteArray("before_id");
    QTest::newRow("both ways") << QByteArray("?after_id=a&before_id=d") << QByteArray("before_id");
}

void ModelListPageTest::refusesWhatItCannotRead()
{
    QFETCH(const QByteArray, query);
    QFETCH(const QByteArray, param);
    const std::vector<ModelEntry> all = models({"a", "d"});
    const Result<ModelListPage> page = pageOf(all, "/v1/models" + query);
    QVERIFY(!page);
    QCOMPARE(page.error().kind, ErrorKind::InvalidRequest);
    QCOMPARE(page.error().param, param);
    QVERIFY2(page.error().message.contains(param), page.error().message.constData());
}

void ModelListPageTest::pagesOfAnEmptyListAreEmpty()
{
    for (const char *query : {"", "?limit=1"}) {
        const Result<ModelListPage> page = pageOf({}, QByteArray("/v1/models") + query);
        QVERIFY(page);
        QVERIFY(page->models.empty() && !page->hasMore);
    }
}

QTEST_APPLESS_MAIN(ModelListPageTest)
#include "tst_model_list_page.moc"
