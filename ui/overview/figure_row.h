// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/overview/figures.h"

#include <QFrame>
#include <QGridLayout>
#include <QLabel>

namespace lunargate::ui {

/// One large number on a card.
class FigureCard : public QFrame
{
    Q_OBJECT

public:
    FigureCard();

    void show(const Figure &figure);

private:
    QLabel *m_title;
    QLabel *m_change;
    QLabel *m_value;
    QLabel *m_lines;
};

/// The large numbers next to each other, in several rows where there is little room.
class FigureRow : public QWidget
{
    Q_OBJECT

public:
    FigureRow();

    /// As many as there are cards.
    void show(const QList<Figure> &figures);

    static constexpr int kCards = 6;

    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void arrange(int columns);

    QGridLayout *m_grid;
    QList<FigureCard *> m_cards;
    int m_columns = 0;
};

} // namespace lunargate::ui
