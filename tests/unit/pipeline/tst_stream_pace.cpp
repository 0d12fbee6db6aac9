// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/stream_pace.h"

#include <QTest>

using namespace lunargate;
using namespace std::chrono_literals;

/// The times of a stream, with times of our own.
class tst_stream_pace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void measuresTheTimeBetweenPiecesWithContent()
    {
        RequestRecord record;
        const TimePoint begin = record.startedAt + 1s;
        record.firstByteAt = begin;
        StreamPace pace(record);
        pace.passedOn(begin + 1ms);
        QVERIFY(record.chunkGaps.isEmpty()); // the first piece has none before it
        pace.pieceCame(begin + 100ms);       // a sign of life
        pace.passedOn(begin + 101ms);
        pace.pieceCame(begin + 250ms);
        pace.pieceHadContent();
        pace.passedOn(begin + 252ms);
        pace.pieceCame(begin + 260ms);
        pace.pieceHadContent();
        pace.passedOn(begin + 261ms);
        QCOMPARE(record.chunkGaps.seconds(), 0.26);
        QCOMPARE(record.passingOn, std::chrono::nanoseconds(5ms));
    }

    void blamesNobodyForAClientThatReadsSlowly()
    {
        RequestRecord record;
        const TimePoint begin = record.startedAt;
        record.firstByteAt = begin;
        StreamPace pace(record);
        pace.passedOn(begin + 1ms);
        pace.clientCaughtUp(begin + 10s);
        pace.pieceCame(begin + 10s + 5ms);
        pace.pieceHadContent();
        pace.passedOn(begin + 10s + 6ms);
        QCOMPARE(record.chunkGaps.seconds(), 0.005);
        QCOMPARE(record.passingOn, std::chrono::nanoseconds(2ms));
    }
};

QTEST_APPLESS_MAIN(tst_stream_pace)
#include "tst_stream_pace.moc"
