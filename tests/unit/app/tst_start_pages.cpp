// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/start_pages.h"

#include <QFile>
#include <QRegularExpression>
#include <QTest>

namespace lunargate {

/// What a program needed to start leaves its memory, and nothing else does.
class StartPagesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void givesBackMostOfWhatIsMappedFromFiles();
    void leavesWhatWasWritten();
};

namespace {

// In KiB: the pages of files that are in this process's memory.
int residentOfFiles()
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    static const QRegularExpression line(QStringLiteral("RssFile:\\s+(\\d+) kB"));
    return line.match(QString::fromUtf8(status.readAll())).captured(1).toInt();
}

int written = 1;
const char *const relocated = "a constant that the loader relocates";

} // namespace

void StartPagesTest::givesBackMostOfWhatIsMappedFromFiles()
{
    const int before = residentOfFiles();
    if (before == 0)
        QSKIP("the system does not tell what is resident of files");
    releaseStartPages();
    const int after = residentOfFiles();
    QVERIFY2(after * 2 < before, qPrintable(QStringLiteral("%1 KiB of %2 KiB are left").arg(after).arg(before)));
}

void StartPagesTest::leavesWhatWasWritten()
{
    const QByteArray onTheHeap = "kept";
    ++written;
    releaseStartPages();
    QCOMPARE(written, 2);
    QCOMPARE(QByteArray(relocated).left(10), "a constant");
    QCOMPARE(onTheHeap, "kept");
    QVERIFY(QRegularExpression(QStringLiteral("^k.pt$")).match(QString::fromLatin1(onTheHeap)).hasMatch());
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::StartPagesTest)
#include "tst_start_pages.moc"
