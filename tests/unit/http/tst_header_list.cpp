// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/header_list.h"

#include <QTest>

namespace lunargate {

class HeaderListTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void comparesNamesWithoutCase();
    void keepsOrderAndSpelling();
    void valueIsTheFirstOfARepeatedName();
    void setReplacesEveryFieldOfThatName();
    void removeTakesEveryFieldOfThatName();
    void emptyValuesAreThere();
};

namespace {

QByteArrayList lines(const HeaderList &headers)
{
    QByteArrayList result;
    for (const HeaderList::Field &field : headers)
        result.append(field.name + ": " + field.value);
    return result;
}

} // namespace

void HeaderListTest::comparesNamesWithoutCase()
{
    const HeaderList headers{{"Content-Type", "text/plain"}};
    QCOMPARE(headers.value("content-TYPE"), "text/plain");
    QVERIFY(headers.contains("CONTENT-TYPE"));
    QVERIFY(!headers.contains("Content-Typ"));
    QVERIFY(!headers.contains("Content-Type2"));
    QVERIFY(!headers.value("X"));
}

void HeaderListTest::keepsOrderAndSpelling()
{
    HeaderList headers;
    QVERIFY(headers.isEmpty());
    headers.add("b", "1");
    headers.add("A", "2");
    headers.add("B", "3");
    QCOMPARE(lines(headers), (QByteArrayList{"b: 1", "A: 2", "B: 3"}));
    QVERIFY(!headers.isEmpty());
}

void HeaderListTest::valueIsTheFirstOfARepeatedName()
{
    const HeaderList headers{{"Via", "one"}, {"X", "0"}, {"via", "two"}};
    QCOMPARE(headers.value("Via"), "one");
    QCOMPARE(headers.count("VIA"), 2);
    QCOMPARE(headers.count("Y"), 0);
}

void HeaderListTest::setReplacesEveryFieldOfThatName()
{
    HeaderList headers{{"Via", "one"}, {"X", "0"}, {"via", "two"}};
    headers.set("VIA", "three");
    QCOMPARE(lines(headers), (QByteArrayList{"X: 0", "VIA: three"}));
}

void HeaderListTest::removeTakesEveryFieldOfThatName()
{
    HeaderList headers{{"Via", "one"}, {"X", "0"}, {"via", "two"}};
    headers.remove("vIa");
    headers.remove("Y");
    QCOMPARE(lines(headers), (QByteArrayList{"X: 0"}));
}

void HeaderListTest::emptyValuesAreThere()
{
    const HeaderList headers{{"X", ""}};
    QVERIFY(headers.contains("x"));
    QCOMPARE(headers.value("x"), "");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::HeaderListTest)
#include "tst_header_list.moc"
