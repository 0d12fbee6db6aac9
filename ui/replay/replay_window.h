// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/replay/compare_view.h"
#include "ui/replay/replay_form.h"
#include "ui/replay/replay_model.h"

#include <QTableView>

namespace lunargate::ui {

/// Sends one request again, changed or not, and shows what comes next to what came before. A window of its own beside
/// the main one; closing it cancels what is under way, and asks first if anything would be lost. GUI thread.
class ReplayWindow : public QWidget
{
    Q_OBJECT

public:
    /// `original` has a replayableMessage(); `gateway` is there until setGateway() tells otherwise.
    ReplayWindow(Gateway &gateway, HistoryRecord original, QWidget *parent);

    const QByteArray &requestId() const { return m_original.id; }
    ReplayForm &form() { return *m_form; }
    const ReplayQueue &queue() const { return m_queue; }
    QTableView &table() { return *m_table; }
    const CompareView &answers() const { return *m_answers; }

    /// The gateway ends: nothing can be sent any more.
    void setClosed() { m_form->setClosed(true); }
    /// From now on it is another one; null: none.
    void setGateway(Gateway *gateway);
    /// Looks at these runs; two are compared.
    void select(const QList<int> &numbers);

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    QWidget *makeResults();
    void addShortcuts();
    void send();
    void showSelected();
    CompareView::Answer answer(int number) const;

    const HistoryRecord m_original;
    ReplayQueue m_queue;
    ReplayModel m_model;
    ReplayForm *m_form;
    QTableView *m_table;
    CompareView *m_answers;
    bool m_mayClose = false; // whatever is lost
};

} // namespace lunargate::ui
