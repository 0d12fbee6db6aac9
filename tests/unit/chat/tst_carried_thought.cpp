// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/carried_thought.h"

#include <QTest>

namespace lunargate {

class CarriedThoughtTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void comesBackAsItWas();
    void knowsItsOwnMark();
};

void CarriedThoughtTest::comesBackAsItWas()
{
    const CarriedThought thought{.detail = R"({"type":"x","data":"1.0 é"})",
                                 .callId = "call \"1\"",
                                 .extraContent = R"({"google":{"thought_signature":"s"}})"};
    const QByteArray text = carriedText(thought);
    QVERIFY(text.startsWith(kCarriedMark));
    const std::optional<CarriedThought> back = readCarried(text);
    QVERIFY(back);
    QCOMPARE(back->detail, thought.detail);
    QCOMPARE(back->callId, thought.callId);
    QCOMPARE(back->extraContent, thought.extraContent);
}

void CarriedThoughtTest::knowsItsOwnMark()
{
    QVERIFY(!readCarried(""));
    QVERIFY(!readCarried("EqQBCgIYAg=="));
    for (const char *text : {"lunargate:", "lunargate:!", "lunargate:e30=", "lunargate:W10="}) {
        const std::optional<CarriedThought> carried = readCarried(text);
        QVERIFY(carried);
        QVERIFY(carried->detail.isEmpty());
        QVERIFY(carried->extraContent.isEmpty());
    }
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::CarriedThoughtTest)
#include "tst_carried_thought.moc"
