// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/gateway.h"
#include "ui/providers/card_grid.h"
#include "ui/providers/provider_card.h"
#include "ui/providers/traffic_source.h"
#include "ui/shell/actions.h"

#include <QPointer>
#include <QScrollArea>
#include <QTimer>

namespace lunargate::ui {

/// A card for each provider. Looks at the gateway once a second while somebody sees it, and never else. GUI thread.
class ProvidersPage : public QWidget
{
    Q_OBJECT

public:
    /// `actions` outlives it.
    explicit ProvidersPage(Actions &actions);
    ~ProvidersPage() override;

    /// What to look at, which outlives the looking; null: nothing.
    void setGateway(Gateway *gateway);

    /// In the order of the configuration.
    QList<ProviderCard *> cards() const;
    /// The one that actions by name are meant for; null: there are none.
    ProviderCard *chosen() const { return m_chosen; }
    /// Whether it looks at the gateway now.
    bool isLooking() const { return m_timer.isActive(); }

Q_SIGNALS:
    /// The user wants to see the requests that this filter lets through.
    void requestsWanted(const QString &filter);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void addActions(Actions &actions);
    void makeCards();
    void startLooking();
    void stopLooking();
    void showFacts();
    void choose(ProviderCard *card);
    void showActions();
    void chooseFocused(QWidget *focused);
    void carryOut(const CircuitOrder &order);
    void showRequests(const QByteArray &provider);

    /// Something that is done with the chosen provider.
    struct NamedAction
    {
        QAction *action;
        QString text;                     ///< with %1 for the provider
        bool PossibleOrders::*isPossible; ///< null: always
    };

    QPointer<Gateway> m_gateway;
    std::shared_ptr<const Config> m_config; // that the cards were made of
    TrafficSource m_source;
    QLabel *m_empty;
    QScrollArea *m_area;
    CardGrid *m_grid;
    QPointer<ProviderCard> m_chosen;
    std::vector<NamedAction> m_named;
    QTimer m_timer;
};

} // namespace lunargate::ui
