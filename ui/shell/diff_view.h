// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/text/line_diff.h"

#include <QPlainTextEdit>

namespace lunargate::ui {

/// Shows what differs between two texts, line by line, with some lines around it. GUI thread.
class DiffView : public QPlainTextEdit
{
    Q_OBJECT

public:
    /// Of more, the rest is left out, and it says so.
    static constexpr qsizetype kMostLines = 5000;

    explicit DiffView(QWidget *parent = nullptr);

    void setTexts(const QString &before, const QString &after);
    int added() const { return m_added; }
    int removed() const { return m_removed; }

protected:
    void changeEvent(QEvent *event) override;

private:
    void render();

    std::vector<DiffHunk> m_hunks;
    int m_added = 0;
    int m_removed = 0;
};

} // namespace lunargate::ui
