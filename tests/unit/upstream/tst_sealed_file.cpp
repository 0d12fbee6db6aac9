// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/sealed_file.h"

#include <QFile>
#include <QTest>

using namespace lunargate;

namespace {

QByteArray contentAt(const QByteArray &path)
{
    QFile file(QFile::decodeName(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

/// A file that nobody can change.
class TestSealedFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void canBeReadAsOftenAsOneLikes()
    {
        const QByteArray content(300'000, 'x');
        const SealedFile file(content);
        for (int i = 0; i < 2; ++i)
            QVERIFY(contentAt(file.path()) == content);
    }

    void cannotBeChanged_data()
    {
        QTest::addColumn<QIODevice::OpenMode>("mode");
        QTest::newRow("overwritten") << QIODevice::OpenMode(QIODevice::ReadWrite);
        QTest::newRow("appended to") << QIODevice::OpenMode(QIODevice::Append);
        QTest::newRow("emptied") << QIODevice::OpenMode(QIODevice::WriteOnly | QIODevice::Truncate);
    }
    void cannotBeChanged()
    {
        QFETCH(const QIODevice::OpenMode, mode);
        const SealedFile sealed("content");
        QFile file(QFile::decodeName(sealed.path()));
        const bool isWritten = file.open(mode | QIODevice::Unbuffered) && file.write("x") > 0;
        QVERIFY(!isWritten);
        QCOMPARE(contentAt(sealed.path()), "content");
    }

    void goesWithItsOwner()
    {
        QByteArray path;
        {
            const SealedFile file("content");
            path = file.path();
            QVERIFY(QFile::exists(QFile::decodeName(path)));
        }
        QVERIFY(!QFile::exists(QFile::decodeName(path)));
    }
};

QTEST_APPLESS_MAIN(TestSealedFile)
#include "tst_sealed_file.moc"
