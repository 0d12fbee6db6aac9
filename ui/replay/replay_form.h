// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/replay_request.h"
#include "ui/replay/body_editor.h"
#include "ui/replay/replay_targets.h"

#include <QCheckBox>
#include <QComboBox>
#include <QPushButton>
#include <QSpinBox>

namespace lunargate::ui {

/// Asks how a request is to be sent again. GUI thread.
class ReplayForm : public QWidget
{
    Q_OBJECT

public:
    static constexpr int kMostTimes = 10;

    ReplayForm(std::vector<ReplayTarget> targets, const QByteArray &body, QWidget *parent = nullptr);

    ReplayTerms terms() const;
    const ReplayTarget &target() const { return m_targets[static_cast<size_t>(m_target->currentIndex())]; }
    int times() const { return m_times->value(); }
    BodyEditor &editor() { return *m_body; }

    /// Whether there is something to be cancelled.
    void setBusy(bool isBusy) { m_cancel->setEnabled(isBusy); }
    /// While it is closed nothing can be sent.
    void setClosed(bool isClosed);

    /// As the button does; nothing if the body cannot be sent.
    void send();

Q_SIGNALS:
    void sendRequested();
    void cancelRequested();

private:
    void enable();

    const std::vector<ReplayTarget> m_targets;
    QComboBox *m_target;
    QSpinBox *m_times;
    QCheckBox *m_usesCache;
    BodyEditor *m_body;
    QPushButton *m_send;
    QPushButton *m_cancel;
    bool m_isClosed = false;
};

} // namespace lunargate::ui
