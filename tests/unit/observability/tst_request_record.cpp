// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/request_record.h"

#include <QTest>

using namespace lunargate;
using namespace std::chrono_literals;

class tst_request_record : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void aNewRecordHasNotFailed()
    {
        const RequestRecord record;
        QVERIFY(!record.hasFailed());
        QVERIFY(!record.timeToFirstByte());
        QVERIFY(!record.timeToUpstream());
    }

    void anErrorFillsStatusReasonAndType()
    {
        RequestRecord record;
        record.setError({.kind = ErrorKind::UpstreamStatus,
                         .reason = "upstream_status",
                         .message = "The provider refused.",
                         .upstreamStatus = 429});
        QVERIFY(record.hasFailed());
        QCOMPARE(record.status, 429);
        QCOMPARE(record.errorKind, ErrorKind::UpstreamStatus);
        QCOMPARE(record.errorReason, QByteArray("upstream_status"));
        QCOMPARE(record.errorType, QByteArray("rate_limit_error"));
    }

    void durationsCountFromTheStart()
    {
        RequestRecord record;
        record.upstreamStartedAt = record.startedAt + 2ms;
        record.firstByteAt = record.startedAt + 250ms;
        record.finishedAt = record.startedAt + 3s;
        QVERIFY(record.timeToUpstream() == 2ms);
        QVERIFY(record.timeToFirstByte() == 250ms);
        QVERIFY(record.duration() == 3s);
    }

    void aRunningRequestGrowsOlder()
    {
        RequestRecord record;
        record.startedAt = Clock::now() - 5s;
        QVERIFY(record.duration() >= 5s);
        QVERIFY(record.duration() < 60s);
    }
};

QTEST_APPLESS_MAIN(tst_request_record)
#include "tst_request_record.moc"
