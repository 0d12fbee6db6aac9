// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_record.h"
#include "gateway/observability/running_requests.h"

#include <QSet>
#include <QString>

namespace lunargate::ui {

/// What the table shows of a request: small, as there are 100,000 of them.
struct RequestRow
{
    static constexpr qint64 kUnknown = -1;

    enum class Progress {
        Ended,
        Preparing, ///< no provider was asked yet
        Waiting,   ///< for a provider
        Answering,
    };

    qint64 position = 0; ///< as in HistoryRecord
    QByteArray id = {};
    QString client = {};
    QString route = {};
    QString provider = {};
    QString modelAsked = {};
    QString modelServed = {};
    QString error = {}; ///< empty on success
    int status = 0;
    int attempts = 0;
    Progress progress = Progress::Ended;
    bool isStream = false;
    bool isCacheHit = false;
    bool usedFallback = false;
    qint64 firstToken = kUnknown; ///< microseconds
    qint64 total = 0;             ///< microseconds
    qint64 tokensIn = kUnknown;   ///< all that were read, cached ones included
    qint64 tokensCached = kUnknown;
    qint64 tokensOut = kUnknown; ///< an estimate of what came so far, of one under way
    double cost = kUnknown;      ///< US dollars

    bool isUnderWay() const { return progress != Progress::Ended; }
    /// What the model wrote a second, or kUnknown.
    double tokensPerSecond() const;
    /// When it began; milliseconds since 1970.
    qint64 time() const { return position / kPositionsInMicrosecond / 1000; }
};

/// Gives equal texts one memory: few providers and models make up many rows.
class TextPool
{
public:
    QString text(const QByteArray &utf8);

private:
    static constexpr qsizetype kMostTexts = 10'000;

    QSet<QString> m_texts;
};

RequestRow requestRow(const HistoryRecord &record, TextPool &pool);

/// As far as it is known of one under way.
RequestRow requestRow(const RunningRequest &request, TextPool &pool);
/// The same as a record, for filters.
HistoryRecord recordOf(const RunningRequest &request);

/// Who asked, in few words: the key's name, and the program.
QByteArray clientName(const HistoryRecord &record);

} // namespace lunargate::ui
