// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/providers/circuit_row.h"

#include <map>
#include <vector>

namespace lunargate::ui {

/// The circuits of a provider's models, by name. If there are too many, those that are not closed come before others.
class CircuitList : public QWidget
{
    Q_OBJECT

public:
    static constexpr int kMostCircuits = 8;

    CircuitList();

    /// `previous` is what Tab comes from.
    void showCircuits(const std::vector<CircuitView> &circuits, QWidget *previous);

Q_SIGNALS:
    void orderGiven(const lunargate::ui::CircuitOrder &order);

private:
    std::map<QByteArray, CircuitRow *> m_rows; // by model
    QLabel *m_more;
};

} // namespace lunargate::ui
