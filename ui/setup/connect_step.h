// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/gateway.h"
#include "ui/clients/client_activity.h"
#include "ui/clients/snippet_box.h"
#include "ui/theme/icons.h"

#include <QComboBox>
#include <QLabel>

namespace lunargate::ui {

/// How a client is pointed at the gateway, and whether its first request comes.
class ConnectStep : public QWidget
{
    Q_OBJECT

public:
    ConnectStep();

    /// Null: it does not run now. It outlives the reading.
    void setGateway(Gateway *gateway);
    /// From now on the first request counts.
    void listen();

private:
    void showClient();
    void note(const ClientRequest &request);
    void tell(Glyph glyph, Tone tone, const QString &text);

    Gateway *m_gateway = nullptr;
    ClientActivity m_activity;
    QComboBox *m_client;
    SnippetBox *m_snippet;
    QLabel *m_sign;
    QLabel *m_state;
    bool m_isDone = false; ///< a request was answered
};

} // namespace lunargate::ui
