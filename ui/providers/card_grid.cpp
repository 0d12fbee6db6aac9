// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/providers/card_grid.h"

#include <QKeyEvent>
#include <QResizeEvent>

#include <algorithm>

namespace lunargate::ui {

CardGrid::CardGrid() : m_layout(new QGridLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(12);
    m_layout->setSizeConstraint(QLayout::SetNoConstraint); // fewer columns need less room
}

QSize CardGrid::minimumSizeHint() const
{
    int width = 0;
    for (const QWidget *card : m_cards)
        width = std::max(width, card->minimumSizeHint().width());
    return {width, m_layout->minimumSize().height()};
}

void CardGrid::setCards(const QList<QWidget *> &cards)
{
    for (QWidget *card : std::exchange(m_cards, cards)) {
        card->hide();
        card->deleteLater(); // one of its own signals may be the reason
    }
    arrange();
    for (QWidget *card : m_cards)
        card->show(); // now, so that it can have the focus
}

int CardGrid::columnsIn(int width) const
{
    const int gap = m_layout->horizontalSpacing();
    return std::max(1, (width + gap) / (kCardWidth + gap));
}

void CardGrid::arrange()
{
    for (int i = m_layout->count(); i > 0; --i)
        delete m_layout->takeAt(i - 1);
    m_columns = columnsIn(width());
    for (int i = 0; QWidget * card : m_cards) {
        m_layout->addWidget(card, i / m_columns, i % m_columns);
        ++i;
    }
    const auto rows = static_cast<int>((m_cards.size() + m_columns - 1) / m_columns);
    for (int column = std::max(m_columns, m_layout->columnCount()) - 1; column >= 0; --column)
        m_layout->setColumnStretch(column, column < m_columns ? 1 : 0);
    for (int row = std::max(rows + 1, m_layout->rowCount()) - 1; row >= 0; --row)
        m_layout->setRowStretch(row, row == rows ? 1 : 0); // what is left is below the cards
    updateGeometry();
}

void CardGrid::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    if (columnsIn(event->size().width()) != m_columns)
        arrange();
}

void CardGrid::keyPressEvent(QKeyEvent *event)
{
    const auto current = std::ranges::find_if(m_cards, &QWidget::hasFocus);
    if (current == m_cards.end() || event->modifiers() != Qt::NoModifier)
        return QWidget::keyPressEvent(event);
    auto next = std::distance(m_cards.begin(), current);
    switch (event->key()) {
    case Qt::Key_Left:
        next -= 1;
        break;
    case Qt::Key_Right:
        next += 1;
        break;
    case Qt::Key_Up:
        next -= m_columns;
        break;
    case Qt::Key_Down:
        next += m_columns;
        break;
    case Qt::Key_Home:
        next = 0;
        break;
    case Qt::Key_End:
        next = m_cards.size() - 1;
        break;
    default:
        return QWidget::keyPressEvent(event);
    }
    if (next >= 0 && next < m_cards.size())
        m_cards[next]->setFocus();
}

} // namespace lunargate::ui
