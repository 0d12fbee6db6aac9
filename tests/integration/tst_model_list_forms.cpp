// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"

#include <QJsonArray>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

const HeaderList kAsAnthropic = {{"anthropic-version", "2023-06-01"}};

} // namespace

/// GET /v1/models answers in the form that the client reads. The list is `fake/fake-model`, `lunargate/auto`.
class ModelListFormsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void anthropicsClientsGetAPage();
    void pagesGoOnWhereTheLastOneEnded();
    void wrongPagesAreRefusedInAnthropicsForm();
    void oneModelIsToldInAnthropicsFormToo();
    void codexFindsTheListThatItReads();
    void allOthersGetOpenAisListWhole();
};

void ModelListFormsTest::anthropicsClientsGetAPage()
{
    GatewayFixture fixture;
    QVERIFY(fixture.start());
    for (const QByteArray query : {"", "?limit=1000"}) {
        const QByteArray body = fixture.client().get("/v1/models" + query, kAsAnthropic).body;
        QCOMPARE(jsonAt(body, "data").toArray().size(), 2);
        QCOMPARE(textAt(body, "data.0.type"), "model");
        QCOMPARE(textAt(body, "data.0.id"), "fake/fake-model");
        QVERIFY(textAt(body, "data.0.created_at").endsWith('Z'));
        QCOMPARE(textAt(body, "first_id"), "fake/fake-model");
        QCOMPARE(textAt(body, "last_id"), "lunargate/auto");
        QCOMPARE(jsonAt(body, "has_more"), QJsonValue(false));
        QVERIFY(jsonAt(body, "object").isUndefined());
    }
}

void ModelListFormsTest::pagesGoOnWhereTheLastOneEnded()
{
    GatewayFixture fixture;
    QVERIFY(fixture.start());
    const QByteArray first = fixture.client().get("/v1/models?limit=1", kAsAnthropic).body;
    QCOMPARE(jsonAt(first, "data").toArray().size(), 1);
    QCOMPARE(textAt(first, "last_id"), "fake/fake-model");
    QCOMPARE(jsonAt(first, "has_more"), QJsonValue(true));
    const QByteArray second = fixture.client().get("/v1/models?limit=1&after_id=fake%2Ffake-model", kAsAnthropic).body;
    QCOMPARE(textAt(second, "first_id"), "lunargate/auto");
    QCOMPARE(jsonAt(second, "has_more"), QJsonValue(false));
    const QByteArray back = fixture.client().get("/v1/models?limit=1&before_id=lunargate/auto", kAsAnthropic).body;
    QCOMPARE(textAt(back, "first_id"), "fake/fake-model");
    QCOMPARE(jsonAt(back, "has_more"), QJsonValue(false));
    const QByteArray behind = fixture.client().get("/v1/models?after_id=lunargate/auto", kAsAnthropic).body;
    QVERIFY(jsonAt(behind, "data").toArray().isEmpty());
    QVERIFY(jsonAt(behind, "first_id").isNull() && jsonAt(behind, "last_id").isNull());
}

void ModelListFormsTest::wrongPagesAreRefusedInAnthropicsForm()
{
    GatewayFixture fixture;
    QVERIFY(fixture.start());
    for (const QByteArray query : {"?limit=0", "?after_id=nobody"}) {
        const HttpAnswer answer = fixture.client().get("/v1/models" + query, kAsAnthropic);
        QCOMPARE(answer.status, 400);
        QCOMPARE(textAt(answer.body, "type"), "error");
        QCOMPARE(textAt(answer.body, "error.type"), "invalid_request_error");
    }
}

void ModelListFormsTest::oneModelIsToldInAnthropicsFormToo()
{
    GatewayFixture fixture;
    QVERIFY(fixture.start());
    const HttpAnswer one = fixture.client().get("/v1/models/fake/fake-model", kAsAnthropic);
    QCOMPARE(textAt(one.body, "display_name"), "fake/fake-model");
    const HttpAnswer missing = fixture.client().get("/v1/models/none", kAsAnthropic);
    QCOMPARE(missing.status, 404);
    QCOMPARE(textAt(missing.body, "error.type"), "not_found_error");
}

void ModelListFormsTest::codexFindsTheListThatItReads()
{
    GatewayFixture fixture;
    QVERIFY(fixture.start());
    const QByteArray body = fixture.client().get("/v1/models?client_version=0.122.0").body;
    QVERIFY(jsonAt(body, "models").isArray() && jsonAt(body, "models").toArray().isEmpty());
    QCOMPARE(textAt(body, "data.0.object"), "model");
}

void ModelListFormsTest::allOthersGetOpenAisListWhole()
{
    GatewayFixture fixture;
    QVERIFY(fixture.start());
    const QByteArray body = fixture.client().get("/v1/models?limit=1").body;
    QCOMPARE(textAt(body, "object"), "list");
    QCOMPARE(jsonAt(body, "data").toArray().size(), 2);
    for (const char *name : {"models", "has_more", "first_id"})
        QVERIFY2(jsonAt(body, name).isUndefined(), name);
}

QTEST_GUILESS_MAIN(ModelListFormsTest)
#include "tst_model_list_forms.moc"
