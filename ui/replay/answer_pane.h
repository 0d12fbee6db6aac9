// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/replay/replay_run.h"
#include "ui/replay/text_difference.h"

#include <QLabel>
#include <QPlainTextEdit>

namespace lunargate::ui {

/// One answer: its figures, and its text, in which changes can be marked. Plain text only. GUI thread.
class AnswerPane : public QWidget
{
    Q_OBJECT

public:
    /// What a marked piece is: only in the older of two answers, or only in the newer.
    enum class Side { Older, Newer };

    /// What is longer is cut, and says so.
    static constexpr qsizetype kMostCharacters = 512 * 1024;

    AnswerPane(Side side, const QString &accessibleName, QWidget *parent = nullptr);

    /// Shows the answer as it stands. What only grew is continued, and followed if its end was seen.
    void present(const QString &name, const ReplayRun &run);
    /// The same with what differs marked.
    void present(const QString &name, const ReplayRun &run, const std::vector<DifferencePiece> &pieces);

    QPlainTextEdit &text() { return *m_text; }

protected:
    void changeEvent(QEvent *event) override;

private:
    enum class Kind { Text, Note, Changed, Problem };
    struct Part
    {
        Kind kind = Kind::Text;
        QString text;

        bool operator==(const Part &) const = default;
    };

    void showFacts(const QString &name, const ReplayRun &run);
    void setParts(std::vector<Part> parts);
    void render();
    bool appendRest(const std::vector<Part> &parts);
    QTextCharFormat formatOf(Kind kind) const;

    const Side m_side;
    QLabel *m_name;
    QLabel *m_facts;
    QPlainTextEdit *m_text;
    std::vector<Part> m_parts;
};

} // namespace lunargate::ui
