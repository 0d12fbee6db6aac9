// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/collector/spool_fixture.h"

#include <unistd.h>

using namespace lunargate;
using namespace lunargate::test;

/// Whose the folder on the disk is.
class SpoolFolderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void onlyTheOwnerReadsThem()
    {
        const Folder folder;
        Spool spool;
        folder.open(spool);
        QVERIFY(spool.append(reports("a")));
        const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
        QVERIFY(!QFile::permissions(folder.path).testAnyFlags(others));
        QVERIFY(!QFile::permissions(folder.path + u'/' + folder.files().value(0)).testAnyFlags(others));
    }

    void oneProcessHasAFolder()
    {
        const Folder folder;
        Spool first;
        folder.open(first);
        QVERIFY(first.append(reports("a")));
        Spool second;
        expectFailure();
        folder.open(second);
        QVERIFY(!second.take());
        QVERIFY(!second.append(reports("b"))); // told once
        first.apply({}, kPlenty);
        QCOMPARE(second.take(), reports("a"));
    }

    void whatAnotherProcessHasIsNotForgotten()
    {
        const Folder folder;
        Spool first;
        folder.open(first);
        QVERIFY(first.append(reports("a")));
        Spool second;
        expectFailure();
        folder.open(second);
        QVERIFY(!second.clear());
        first.apply({}, kPlenty);
        QVERIFY(second.clear());
        QCOMPARE(folder.files(), QStringList());
    }

    void aFolderThatIsRemovedIsMadeAnew()
    {
        const Folder folder;
        Spool spool;
        folder.open(spool);
        QVERIFY(spool.append(reports("a")));
        QVERIFY(QDir(folder.path).removeRecursively());
        QVERIFY(spool.append(reports("b")));
        QCOMPARE(spool.dropped(), 2);
        QCOMPARE(spool.waiting(), 2);
        QCOMPARE(folder.files().size(), 1);
        QCOMPARE(next(spool), reports("b"));
        QCOMPARE(spool.bytes(), 0);
    }

    // Others would think that nobody has the folder.
    void aLockThatIsRemovedIsTakenAgain()
    {
        const Folder folder;
        Spool spool;
        folder.open(spool);
        QVERIFY(spool.append(reports("a")));
        QVERIFY(QFile::remove(folder.of(QStringLiteral("lock"))));
        QVERIFY(spool.append(reports("b")));
        Spool second;
        expectFailure();
        folder.open(second);
        QVERIFY(!second.take());
        QCOMPARE(spool.found() + 4, spool.waiting() + spool.dropped());
        QCOMPARE(next(spool), reports("a"));
        QCOMPARE(next(spool), reports("b"));
    }

    void aFolderThatOthersMayWriteToIsRefused()
    {
        const Folder folder;
        QVERIFY(QDir().mkpath(folder.path));
        const auto owner = QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner;
        for (const QFile::Permission other : {QFile::WriteGroup, QFile::WriteOther}) {
            QVERIFY(QFile::setPermissions(folder.path, owner | other));
            Spool spool;
            expectFailure();
            folder.open(spool);
            QVERIFY(!spool.append(reports("a")));
            QCOMPARE(QDir(folder.path).entryList(QDir::Files), QStringList());
        }
        QVERIFY(QFile::setPermissions(folder.path, owner | QFile::ReadGroup | QFile::ReadOther));
        Spool spool;
        folder.open(spool);
        QVERIFY(spool.append(reports("a")));
    }

    void aFolderOfSomebodyElseIsRefused()
    {
        if (geteuid() != 0)
            QSKIP("only root can give a folder away");
        const Folder folder;
        QVERIFY(QDir().mkpath(folder.path));
        QCOMPARE(chown(QFile::encodeName(folder.path).constData(), 1, 1), 0);
        Spool spool;
        expectFailure();
        folder.open(spool);
        QVERIFY(!spool.append(reports("a")));
    }

    void linksAreNotFollowed()
    {
        const Folder folder;
        const QString outside = folder.parent.filePath(QStringLiteral("outside"));
        QVERIFY(QDir().mkpath(folder.path));
        QVERIFY(QFile::link(outside, folder.of(QStringLiteral("lock"))));
        Spool spool;
        expectFailure();
        folder.open(spool);
        QVERIFY(!QFile::exists(outside));

        QVERIFY(QFile::remove(folder.of(QStringLiteral("lock"))));
        const QString theirs = folder.parent.filePath(QStringLiteral("theirs"));
        QFile theirFile(theirs);
        QVERIFY(theirFile.open(QFile::WriteOnly));
        QVERIFY(QFile::link(theirs, folder.of(QStringLiteral("00000000000000000001-1.events"))));
        QVERIFY(QFile::link(outside, folder.of(QStringLiteral("00000001000000000000-2.events.part"))));
        QVERIFY(spool.append(reports("a")));
        QCOMPARE(spool.found(), 0);
        QCOMPARE(next(spool), reports("a"));
        QVERIFY(QFile::exists(theirs) && !QFile::exists(outside));
    }
};

QTEST_APPLESS_MAIN(SpoolFolderTest)
#include "tst_spool_folder.moc"
