// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/responses/past_owners.h"

#include <QTest>

namespace lunargate {

/// Whose the ids are that only providers know any more.
class PastOwnersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void knowsWhoseAnIdIs()
    {
        PastOwners owners;
        owners.add("mine", "resp_1");
        QVERIFY(owners.contains("resp_1"));
        QVERIFY(owners.contains("mine", "resp_1"));
        QVERIFY(!owners.contains("theirs", "resp_1"));
        QVERIFY(!owners.contains("resp_2"));
        owners.add("theirs", "resp_1");
        QVERIFY(owners.contains("mine", "resp_1"));
        QVERIFY(owners.contains("theirs", "resp_1"));
    }

    void theOldestGoFirst()
    {
        PastOwners owners(2);
        owners.add("mine", "resp_1");
        owners.add("mine", "resp_1"); // is no second one
        owners.add("mine", "resp_2");
        QVERIFY(owners.contains("resp_1"));
        owners.add("mine", "resp_3");
        QVERIFY(!owners.contains("resp_1"));
        QVERIFY(owners.contains("resp_2"));
        QVERIFY(owners.contains("resp_3"));
    }

    void whatItsProviderForgotIsNobodys()
    {
        PastOwners owners;
        owners.add("mine", "resp_1");
        owners.add("theirs", "resp_1");
        owners.remove("mine", "resp_1");
        owners.remove("mine", "resp_2");
        QVERIFY(!owners.contains("mine", "resp_1"));
        QVERIFY(owners.contains("theirs", "resp_1"));
        owners.remove("theirs", "resp_1");
        QVERIFY(!owners.contains("resp_1"));
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::PastOwnersTest)
#include "tst_past_owners.moc"
