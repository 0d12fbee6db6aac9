// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/replay/compare_view.h"

#include <QScrollBar>
#include <QVBoxLayout>

namespace lunargate::ui {

CompareView::CompareView(QWidget *parent)
    : QWidget(parent),
      m_verdict(new QLabel),
      m_older(new AnswerPane(AnswerPane::Side::Older, tr("The first answer"))),
      m_newer(new AnswerPane(AnswerPane::Side::Newer, tr("The second answer")))
{
    m_verdict->setObjectName("muted");
    m_verdict->setTextFormat(Qt::PlainText);
    auto *panes = new QSplitter;
    panes->setChildrenCollapsible(false);
    panes->setHandleWidth(8);
    panes->addWidget(m_older);
    panes->addWidget(m_newer);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(panes, 1);
    column->addWidget(m_verdict);
    scrollTogether(m_older->text(), m_newer->text());
    scrollTogether(m_newer->text(), m_older->text());
}

// The same part of both is seen, however long each of them is.
void CompareView::scrollTogether(QPlainTextEdit &one, QPlainTextEdit &other)
{
    const QScrollBar *from = one.verticalScrollBar();
    QScrollBar *to = other.verticalScrollBar();
    connect(from, &QScrollBar::valueChanged, this, [this, from, to](int value) {
        if (from->maximum() == 0 || std::exchange(m_isScrolling, true))
            return;
        to->setValue(static_cast<int>(static_cast<qint64>(value) * to->maximum() / from->maximum()));
        m_isScrolling = false;
    });
}

void CompareView::showOne(const Answer &answer)
{
    m_newer->hide();
    m_verdict->clear();
    m_older->present(answer.name, *answer.run);
}

void CompareView::showTwo(const Answer &older, const Answer &newer)
{
    m_newer->show();
    if (!older.run->hasEnded() || !newer.run->hasEnded()) {
        m_verdict->setText(tr("What differs is marked when both have ended."));
        m_older->present(older.name, *older.run);
        m_newer->present(newer.name, *newer.run);
        return;
    }
    const QString olderText = older.run->answer.text().left(AnswerPane::kMostCharacters);
    const QString newerText = newer.run->answer.text().left(AnswerPane::kMostCharacters);
    if (olderText != m_comparedOlder || newerText != m_comparedNewer) {
        m_comparedOlder = olderText;
        m_comparedNewer = newerText;
        m_difference = difference(olderText, newerText);
    }
    m_verdict->setText(m_difference.changes == 0   ? tr("Both say the same.")
                       : m_difference.changes == 1 ? tr("They differ in one place.")
                                                   : tr("They differ in %1 places.").arg(m_difference.changes));
    m_older->present(older.name, *older.run, m_difference.left);
    m_newer->present(newer.name, *newer.run, m_difference.right);
}

} // namespace lunargate::ui
