// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/providers/circuit_menu.h"
#include "ui/providers/elided_label.h"
#include "ui/providers/glyph_label.h"

#include <QToolButton>

namespace lunargate::ui {

/// The circuit of one model, and what can be done with it.
class CircuitRow : public QWidget
{
    Q_OBJECT

public:
    explicit CircuitRow(const CircuitView &circuit);

    /// How the same circuit fares now.
    void showCircuit(const CircuitView &circuit);
    QToolButton *button() const { return m_button; }

Q_SIGNALS:
    void orderGiven(const lunargate::ui::CircuitOrder &order);

private:
    GlyphLabel *m_sign;
    ElidedLabel *m_state;
    QToolButton *m_button;
    CircuitMenu *m_menu;
};

} // namespace lunargate::ui
