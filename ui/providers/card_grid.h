// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QGridLayout>
#include <QWidget>

namespace lunargate::ui {

/// Cards in as many columns as there is room for. Arrow keys, Home and End go from card to card.
class CardGrid : public QWidget
{
    Q_OBJECT

public:
    CardGrid();

    /// Shows these, new ones, in this order, and takes their ownership. Those of before go.
    void setCards(const QList<QWidget *> &cards);
    const QList<QWidget *> &cards() const { return m_cards; }
    int columns() const { return m_columns; }

    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    static constexpr int kCardWidth = 420; // at least

    int columnsIn(int width) const;
    void arrange();

    QGridLayout *m_layout;
    QList<QWidget *> m_cards;
    int m_columns = 1;
};

} // namespace lunargate::ui
