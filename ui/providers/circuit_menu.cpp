// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/providers/circuit_menu.h"

#include "ui/theme/icons.h"

namespace lunargate::ui {

OpenMenu::OpenMenu(const QByteArray &name, QWidget *parent) : QMenu(tr("Force open"), parent)
{
    setIcon(ui::icon(Glyph::Pause));
    for (const OpenDuration &choice : OpenDuration::all())
        addAction(choice.text, this, [this, name, choice] {
            Q_EMIT orderGiven({.name = name, .kind = CircuitOrder::Kind::Open, .duration = choice.duration});
        });
}

CircuitMenu::CircuitMenu(const QByteArray &name, QWidget *parent)
    : QMenu(parent),
      m_reset(addAction(ui::icon(Glyph::Refresh), tr("Reset"), this,
                        [this, name] { Q_EMIT orderGiven({.name = name, .kind = CircuitOrder::Kind::Reset}); })),
      m_open(new OpenMenu(name, this)),
      m_halfOpen(nullptr)
{
    addMenu(m_open);
    m_halfOpen = addAction(ui::icon(Glyph::Play), tr("Probe with the next requests"), this,
                           [this, name] { Q_EMIT orderGiven({.name = name, .kind = CircuitOrder::Kind::HalfOpen}); });
    connect(m_open, &OpenMenu::orderGiven, this, &CircuitMenu::orderGiven);
}

void CircuitMenu::setPossible(PossibleOrders possible)
{
    m_reset->setEnabled(possible.reset);
    m_open->setEnabled(possible.open);
    m_halfOpen->setEnabled(possible.halfOpen);
}

} // namespace lunargate::ui
