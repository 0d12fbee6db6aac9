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

    void attemptsEndWithTheRequest()
    {
        RequestRecord record;
        record.addAttempt({.provider = "second", .startedAt = record.startedAt + 2ms});
        record.addAttempt({.provider = "first",
                           .outcome = AttemptOutcome::Timeout,
                           .startedAt = record.startedAt + 1ms,
                           .finishedAt = record.startedAt + 3ms});
        record.finish();
        QCOMPARE(record.attemptRecords[0].provider, QByteArray("first"));
        QCOMPARE(record.attemptRecords[0].outcome, AttemptOutcome::Timeout);
        QVERIFY(record.attemptRecords[0].finishedAt == record.startedAt + 3ms);
        QCOMPARE(record.attemptRecords[1].outcome, AttemptOutcome::Success);
        QVERIFY(record.attemptRecords[1].finishedAt == record.finishedAt);
    }

    void theAnswerThatWasComingIsCancelledWithTheRequest()
    {
        RequestRecord record;
        record.addAttempt({.provider = "one"});
        record.setError({.kind = ErrorKind::ClientCancelled, .reason = "client_cancelled"});
        record.finish();
        QCOMPARE(record.attemptRecords[0].outcome, AttemptOutcome::Cancelled);
        QCOMPARE(record.attemptRecords[0].errorReason, QByteArray("client_cancelled"));
    }

    void anAnswerThatBrokeIsAFailedAttempt()
    {
        RequestRecord record;
        record.breakAttempt({.kind = ErrorKind::UpstreamTransport}); // there is none
        record.addAttempt({.provider = "one"});
        record.breakAttempt({.kind = ErrorKind::UpstreamTransport, .reason = "connection_reset"});
        QCOMPARE(record.attemptRecords[0].outcome, AttemptOutcome::Transport);
        QCOMPARE(record.attemptRecords[0].errorReason, QByteArray("connection_reset"));
        QVERIFY(record.attemptRecords[0].finishedAt);
    }

    void manyAttemptsAreNotAllKept()
    {
        RequestRecord record;
        for (int i = 0; i < 100; ++i)
            record.addAttempt({.provider = QByteArray::number(i), .startedAt = record.startedAt + i * 1ms});
        record.finish();
        QCOMPARE(record.attemptRecords.size(), RequestRecord::kMostAttemptRecords);
        QCOMPARE(record.attemptRecords.front().provider, QByteArray("0"));
        QCOMPARE(record.attemptRecords.back().provider, QByteArray("99"));
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
