// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/providers/circuit_list.h"
#include "ui/providers/provider_facts.h"
#include "ui/providers/sparkline.h"

#include <QFrame>
#include <QGridLayout>

namespace lunargate::ui {

/// One provider: how its circuit fares, what requests did there, and what can be done. It changes only what differs
/// from before. GUI thread.
class ProviderCard : public QFrame
{
    Q_OBJECT

public:
    explicit ProviderCard(const ProviderConfig &provider);

    const QByteArray &id() const { return m_id; }
    void showFacts(const ProviderFacts &facts);
    PossibleOrders possible() const { return m_possible; }
    /// Actions by name are meant for the one that is chosen.
    void setChosen(bool chosen);

Q_SIGNALS:
    void requestsWanted(const QByteArray &provider);
    void orderGiven(const lunargate::ui::CircuitOrder &order);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    QLayout *makeHead(const ProviderConfig &provider);
    QLayout *makeState();
    void fillButtons();
    void addFigure(const QString &name, QWidget *value);
    void setFigure(QWidget *value, bool isThere);
    void showCircuits(const ProviderFacts &facts);
    void showTraffic(const ProviderFacts &facts);
    void showRunning(const ProviderFacts &facts);

    const QByteArray m_id;
    PossibleOrders m_possible;
    GlyphLabel *m_sign;
    QLabel *m_state;
    ElidedLabel *m_detail;
    QToolButton *m_requests;
    CircuitList *m_models;
    QGridLayout *m_figures;
    QLabel *m_noRequests;
    QWidget *m_latency;
    Sparkline *m_sparkline;
    QLabel *m_median;
    ElidedLabel *m_hour;
    ElidedLabel *m_tokens;
    ElidedLabel *m_running;
    ElidedLabel *m_failure;
    QWidget *m_buttons;
    QToolButton *m_reset;
    QToolButton *m_open;
    QToolButton *m_halfOpen;
    CircuitMenu *m_menu;
};

} // namespace lunargate::ui
