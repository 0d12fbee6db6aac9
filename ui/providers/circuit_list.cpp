// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/providers/circuit_list.h"

#include <QVBoxLayout>

#include <algorithm>

namespace lunargate::ui {

namespace {

bool isCalm(const CircuitView &circuit)
{
    return circuit.state == CircuitState::Closed && circuit.cooldown <= 0ms;
}

} // namespace

CircuitList::CircuitList() : m_more(new QLabel)
{
    m_more->setObjectName("muted");
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(26, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_more);
}

void CircuitList::showCircuits(const std::vector<CircuitView> &circuits, QWidget *previous)
{
    std::vector<const CircuitView *> listed;
    listed.reserve(circuits.size());
    for (const CircuitView &circuit : circuits)
        listed.push_back(&circuit);
    std::ranges::stable_partition(listed, [](const CircuitView *circuit) { return !isCalm(*circuit); });
    const auto more = std::ssize(listed) - kMostCircuits;
    if (more > 0)
        listed.resize(kMostCircuits);
    std::ranges::sort(listed, {}, &CircuitView::model);
    auto *rows = static_cast<QVBoxLayout *>(layout());
    std::erase_if(m_rows, [&](const auto &known) {
        if (std::ranges::contains(listed, known.first, &CircuitView::model))
            return false;
        rows->removeWidget(known.second);
        known.second->hide();
        known.second->deleteLater(); // its own menu may be the reason
        return true;
    });
    for (int at = 0; const CircuitView *circuit : listed) {
        CircuitRow *&row = m_rows[circuit->model];
        if (row) {
            row->showCircuit(*circuit);
        } else {
            row = new CircuitRow(*circuit);
            rows->insertWidget(at, row);
            connect(row, &CircuitRow::orderGiven, this, &CircuitList::orderGiven);
            setTabOrder(previous, row->button());
        }
        previous = row->button();
        ++at;
    }
    m_more->setText(tr("and %1 more").arg(std::max<qsizetype>(more, 0)));
    m_more->setVisible(more > 0);
    setVisible(!circuits.empty());
}

} // namespace lunargate::ui
