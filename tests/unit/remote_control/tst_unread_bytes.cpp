// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/unread_bytes.h"

#include <QTest>

using namespace lunargate;
using namespace std::chrono_literals;

/// What the other side has not read.
class UnreadBytesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsWhatHasNoAnswer()
    {
        UnreadBytes unread;
        QCOMPARE(unread.count(), 0);
        const QByteArray first = unread.sent(100);
        const QByteArray second = unread.sent(10);
        QCOMPARE(unread.count(), 110);
        QVERIFY(unread.answered(first));
        QCOMPARE(unread.count(), 10);
        QVERIFY(!unread.answered(first)); // once more
        QCOMPARE(unread.count(), 10);
        QVERIFY(unread.answered(second));
        QCOMPARE(unread.count(), 0);
    }

    void oneAnswerIsForAllBefore()
    {
        UnreadBytes unread;
        const QByteArray first = unread.sent(100);
        const QByteArray second = unread.sent(10);
        unread.sent(1);
        QVERIFY(unread.answered(second));
        QCOMPARE(unread.count(), 1);
        QVERIFY(!unread.answered(first));
    }

    void believesNoAnswerThatCannotBe()
    {
        UnreadBytes unread;
        const QByteArray first = unread.sent(100);
        const QByteArray second = unread.sent(100);
        QVERIFY(first != second && first.size() <= 125); // RFC 6455, 5.5
        for (const char *guess : {"", "0", "1", "2", "100", "200"})
            QVERIFY(!unread.answered(guess));
        QCOMPARE(unread.count(), 200);
        unread.reset();
        QVERIFY(!unread.answered(first)); // of another connection
        QCOMPARE(unread.count(), 0);
    }

    void hasPatienceWithLargeAnswers()
    {
        UnreadBytes unread;
        QCOMPARE(unread.patience(60s), 60s);
        unread.sent(20); // a heartbeat
        QCOMPARE(unread.patience(60s), 60s);
        const QByteArray large = unread.sent(4 * 1024 * 1024);
        QCOMPARE(unread.patience(60s), 124s);
        unread.answered(large);
        QCOMPARE(unread.patience(60s), 60s);
    }
};

QTEST_APPLESS_MAIN(UnreadBytesTest)
#include "tst_unread_bytes.moc"
