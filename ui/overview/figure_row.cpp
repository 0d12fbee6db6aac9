// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overview/figure_row.h"

#include "ui/text/plain_tool_tip.h"

#include <QHBoxLayout>
#include <QResizeEvent>
#include <QStyle>

#include <algorithm>
#include <utility>

namespace lunargate::ui {

namespace {

constexpr int kWideEnough = 880; // for all of them in one row
constexpr int kHalfEnough = 560; // for half of them
constexpr int kFewestColumns = 2;
constexpr int kSpacing = 10;

QLabel *plainLabel(const char *name)
{
    auto *label = new QLabel;
    label->setObjectName(name);
    label->setTextFormat(Qt::PlainText);
    return label;
}

} // namespace

FigureCard::FigureCard()
    : m_title(plainLabel("heading")),
      m_change(plainLabel("small")),
      m_value(plainLabel("figure")),
      m_lines(plainLabel("small"))
{
    setObjectName("card");
    m_lines->setAlignment(Qt::AlignTop);
    auto *head = new QHBoxLayout;
    head->setSpacing(6);
    head->addWidget(m_title);
    head->addStretch(1);
    head->addWidget(m_change);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 10);
    column->setSpacing(2);
    column->addLayout(head);
    column->addWidget(m_value);
    column->addWidget(m_lines, 1);
}

void FigureCard::show(const Figure &figure)
{
    m_title->setText(figure.title);
    m_change->setText(figure.change);
    m_value->setText(figure.value);
    m_value->setProperty("failed", figure.isError);
    style()->polish(m_value); // the property chooses its colour
    m_lines->setText(figure.lines.join(u'\n'));
    setToolTip(plainToolTip(figure.toolTip));
    setAccessibleName(figure.spoken());
}

FigureRow::FigureRow() : m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(kSpacing);
    for (int i = 0; i < kCards; ++i)
        m_cards.append(new FigureCard);
    arrange(kCards);
}

void FigureRow::show(const QList<Figure> &figures)
{
    for (qsizetype i = 0; i < m_cards.size(); ++i)
        m_cards[i]->show(figures[i]);
}

// Of the fewest columns: else they would keep themselves in one.
QSize FigureRow::minimumSizeHint() const
{
    int width = 0;
    for (const FigureCard *card : m_cards)
        width = std::max(width, card->minimumSizeHint().width());
    return {width * kFewestColumns + kSpacing * (kFewestColumns - 1), QWidget::minimumSizeHint().height()};
}

void FigureRow::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const int width = event->size().width();
    arrange(width >= kWideEnough ? kCards : width >= kHalfEnough ? kCards / 2 : kFewestColumns);
}

void FigureRow::arrange(int columns)
{
    if (std::exchange(m_columns, columns) == columns)
        return;
    for (int i = 0; i < kCards; ++i) {
        m_grid->addWidget(m_cards[i], i / columns, i % columns);
        m_grid->setColumnStretch(i, i < columns ? 1 : 0);
    }
}

} // namespace lunargate::ui
