// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/json_path.h"
#include "tests/unit/remote_control/remote_client_fixture.h"

#include <QJsonArray>
#include <QLoggingCategory>

using namespace lunargate;
using namespace lunargate::test;
using Fixture = RemoteClientFixture;

namespace {

/// Heartbeats come of the same timers as lists, each some lists' time after the one before.
bool noFurtherListComes(const Fixture &fixture)
{
    const int lists = modelLists;
    const auto beats = static_cast<int>(fixture.backend.messages("heartbeat").size());
    return fixture.backend.waitForMessages("heartbeat", beats + 3) && modelLists == lists;
}

} // namespace

/// Which models the backend is told of.
class ModelIdsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        QLoggingCategory::setFilterRules(QStringLiteral("lunargate.remote_control.info=false"));
    }

    void keepsTheModelsWhenTheListFails()
    {
        Fixture f({.heartbeat = 20ms, .silence = 5s, .connecting = 5s, .firstRetry = 1ms, .models = 1ms}, 2);
        QVERIFY(f.start());
        QVERIFY(jsonAt(f.backend.messages("hello").first(), "models").isUndefined());
        QVERIFY(f.backend.waitForMessages("hello", 2));
        QCOMPARE(jsonAt(f.backend.messages("hello")[1], "models").toArray(), QJsonArray{QStringLiteral("p/m")});
        QVERIFY(waitUntil([] { return modelLists == 4; })); // one more, as lists may still have been fetched
        QVERIFY(noFurtherListComes(f));
        QCOMPARE(modelLists, 4);
        QCOMPARE(f.backend.messages("hello").size(), 2);
    }

    void doesNotAskForModelsForEver()
    {
        Fixture f({.heartbeat = 20ms, .silence = 5s, .connecting = 5s, .firstRetry = 1ms, .models = 1ms}, 1000);
        QVERIFY(f.start());
        QVERIFY(waitUntil([] { return modelLists == 6; }));
        QVERIFY(noFurtherListComes(f));
        QCOMPARE(modelLists, 6);
        QCOMPARE(f.backend.messages("hello").size(), 1);
    }
};

QTEST_GUILESS_MAIN(ModelIdsTest)
#include "tst_model_ids.moc"
