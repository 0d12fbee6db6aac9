// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/nearest_name.h"

#include <QTest>

using namespace lunargate;

class NearestNameTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void findsTheMisspelledName_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const char *expected) {
            QTest::newRow(name) << QByteArray(name) << QByteArray(expected);
        };
        row("prot", "port");
        row("por", "port");
        row("ports", "port");
        row("PORT", "port");
        row("read_timout", "read_timeout");
        row("readtimeout", "read_timeout");
        row("host_", "host");
        row("colour", "");
        row("x", "");
        row("", "");
    }
    void findsTheMisspelledName()
    {
        QFETCH(QByteArray, name);
        const std::vector<QByteArray> candidates = {"host", "port", "read_timeout", "write_timeout"};
        QTEST(nearestName(name, candidates), "expected");
    }

    void anEndlessNameIsNothing()
    {
        const std::vector<QByteArray> candidates = {QByteArray(200, 'a')};
        QCOMPARE(nearestName(QByteArray(200, 'a'), candidates), QByteArray());
    }
};

QTEST_GUILESS_MAIN(NearestNameTest)
#include "tst_nearest_name.moc"
