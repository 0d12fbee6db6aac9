// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/test_desktop.h"

#include "ui/keys/keys_model.h"

#include <QAbstractItemModelTester>
#include <QIcon>
#include <QTest>

using namespace lunargate;
using namespace lunargate::ui;

class KeysModelTest : public QObject
{
    Q_OBJECT

private:
    static QStringList textOf(const KeysModel &model, int row)
    {
        QStringList cells;
        for (int column = 0; column < model.columnCount(); ++column)
            cells.append(model.index(row, column).data().toString());
        return cells;
    }

private Q_SLOTS:
    void init() { test::failOnOwnWarnings(); }

    void aKeyIsARow()
    {
        KeysModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRows({{.name = "gate", .origin = {}, .users = {"security.x"}, .state = KeyState::There},
                       {.name = "lost", .origin = {}, .users = {"one", "two"}, .state = KeyState::Missing},
                       {.name = "openai", .origin = "https://api.openai.com", .users = {}, .state = KeyState::There},
                       {.name = "z", .origin = {}, .users = {"z"}, .state = KeyState::Locked},
                       {.name = "zz", .origin = {}, .users = {"z"}, .state = KeyState::NotAsked}});
        const auto list = [](const char *a, const char *b, const char *c, const char *d) {
            return QStringList{QString::fromUtf8(a), QString::fromUtf8(b), QString::fromUtf8(c), QString::fromUtf8(d)};
        };
        QCOMPARE(textOf(model, 0), list("gate", "any address", "security.x", "In the keychain"));
        QCOMPARE(textOf(model, 1), list("lost", "–", "one, two", "Missing"));
        QCOMPARE(textOf(model, 2), list("openai", "https://api.openai.com", "nobody", "In the keychain"));
        QCOMPARE(textOf(model, 3), list("z", "–", "z", "Keychain locked"));
        QCOMPARE(textOf(model, 4), list("zz", "–", "z", "Not asked"));
        QCOMPARE(model.rowOf("openai"), 2);
        QCOMPARE(model.rowOf("other"), -1);
        QVERIFY(!model.index(0, KeysModel::State).data(Qt::DecorationRole).value<QIcon>().isNull());
        QVERIFY(model.index(0, KeysModel::Name).data(Qt::DecorationRole).isNull());
        model.setRows({});
        QCOMPARE(model.rowCount(), 0);
    }
};

QTEST_MAIN(KeysModelTest)
#include "tst_keys_model.moc"
