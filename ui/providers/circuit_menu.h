// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/providers/circuit_order.h"

#include <QMenu>

namespace lunargate::ui {

/// The choice how long a circuit is to be open.
class OpenMenu : public QMenu
{
    Q_OBJECT

public:
    /// `name` as in CircuitOrder.
    OpenMenu(const QByteArray &name, QWidget *parent);

Q_SIGNALS:
    void orderGiven(const lunargate::ui::CircuitOrder &order);
};

/// All that can be done with a circuit, or with all of a provider.
class CircuitMenu : public QMenu
{
    Q_OBJECT

public:
    /// `name` as in CircuitOrder.
    CircuitMenu(const QByteArray &name, QWidget *parent);

    void setPossible(PossibleOrders possible);

Q_SIGNALS:
    void orderGiven(const lunargate::ui::CircuitOrder &order);

private:
    QAction *m_reset;
    OpenMenu *m_open;
    QAction *m_halfOpen;
};

} // namespace lunargate::ui
