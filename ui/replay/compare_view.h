// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/replay/answer_pane.h"

#include <QSplitter>

namespace lunargate::ui {

/// One answer, or two next to each other: while one of them is coming as they are, then with what differs marked.
/// GUI thread.
class CompareView : public QWidget
{
    Q_OBJECT

public:
    /// A run, and what it is called.
    struct Answer
    {
        QString name;
        const ReplayRun *run = nullptr;
    };

    explicit CompareView(QWidget *parent = nullptr);

    void showOne(const Answer &answer);
    void showTwo(const Answer &older, const Answer &newer);
    /// What is said of two answers; empty of one.
    QString verdict() const { return m_verdict->text(); }

private:
    void scrollTogether(QPlainTextEdit &one, QPlainTextEdit &other);

    QLabel *m_verdict;
    AnswerPane *m_older;
    AnswerPane *m_newer;
    bool m_isScrolling = false;
    QString m_comparedOlder; // the texts that are shown with their differences
    QString m_comparedNewer;
    TextDifference m_difference;
};

} // namespace lunargate::ui
