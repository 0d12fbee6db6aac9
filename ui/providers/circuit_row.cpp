// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/providers/circuit_row.h"

#include "ui/providers/circuit_text.h"

#include <QHBoxLayout>

namespace lunargate::ui {

CircuitRow::CircuitRow(const CircuitView &circuit)
    : m_sign(new GlyphLabel(12)),
      m_state(new ElidedLabel("muted")),
      m_button(new QToolButton),
      m_menu(new CircuitMenu(circuit.provider + '/' + circuit.model, this))
{
    const QString model = QString::fromUtf8(circuit.model);
    auto *name = new ElidedLabel;
    name->setText(model);
    m_button->setProperty("flat", true);
    m_button->setPopupMode(QToolButton::InstantPopup);
    m_button->setMenu(m_menu);
    m_button->setAccessibleName(tr("Circuit of %1").arg(model));
    m_state->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_sign);
    layout->addWidget(name, 1);
    layout->addWidget(m_state);
    layout->addWidget(m_button);
    connect(m_menu, &CircuitMenu::orderGiven, this, &CircuitRow::orderGiven);
    showCircuit(circuit);
}

void CircuitRow::showCircuit(const CircuitView &circuit)
{
    const CircuitText text = CircuitText::of(circuit);
    m_sign->setGlyph(text.glyph, text.tone);
    m_state->setText(text.state);
    m_menu->setPossible(PossibleOrders::of(std::span(&circuit, 1)));
}

} // namespace lunargate::ui
