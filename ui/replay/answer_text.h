// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_record.h"
#include "gateway/json/document.h"
#include "gateway/upstream/sse_reader.h"

#include <QString>

#include <map>
#include <vector>

namespace lunargate::ui {

/// Reads what a client is answered as it comes, whole or as a stream of events, and has the words in it: those of the
/// first choice, with the tools that are called.
class AnswerText
{
public:
    explicit AnswerText(bool isStream = false) : m_isStream(isStream) {}
    /// What the client of that record got; empty if it was not kept.
    static AnswerText of(const HistoryRecord &record);

    void feed(QByteArrayView bytes);
    /// Nothing more comes: what is not a stream is read now.
    void finish();

    /// What the model said, and the calls of tools behind it, one a line.
    QString text() const;
    const QString &reasoning() const { return m_reasoning; }
    /// Why it failed, as whoever answered put it; empty if it did not.
    const QString &error() const { return m_error; }

private:
    struct Call
    {
        QString name;
        QString arguments;
    };

    void read(QByteArrayView chunk);
    void add(json::Value message);

    static constexpr qsizetype kLongestEvent = 8 * 1024 * 1024;

    bool m_isStream;
    SseReader m_reader{kLongestEvent};
    QByteArray m_body; // of what is not a stream
    QString m_text;
    QString m_reasoning;
    QString m_error;
    std::map<qint64, Call> m_calls; // by their number in the answer
};

} // namespace lunargate::ui
