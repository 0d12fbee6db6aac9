// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/clients/client.h"
#include "ui/clients/client_activity.h"
#include "ui/clients/snippet_box.h"
#include "ui/clients/written_files.h"
#include "ui/shell/card.h"
#include "ui/theme/icons.h"

#include <QPushButton>

namespace lunargate::ui {

/// One client: whether it uses the gateway, how it is set up, and its own configuration.
class ClientView : public QWidget
{
    Q_OBJECT

public:
    /// All that is shown.
    struct State
    {
        const Client *client = nullptr;
        GatewayPlace place;
        bool hasGateway = false; ///< it runs
        std::optional<ClientRequest> last;
        QString file;                       ///< its own configuration; empty: it has none to write into
        std::optional<WrittenFile> written; ///< what LunarGate did to it
    };

    ClientView();

    void show(const State &state);
    /// What came of the last thing that was asked for.
    void tell(const QString &text, bool isProblem);

Q_SIGNALS:
    void writeRequested();
    void restoreRequested();
    void forgetRequested();

private:
    QWidget *makeSetup();
    QWidget *makeFile();

    const Client *m_shown = nullptr;
    QLabel *m_name;
    QLabel *m_what;
    QLabel *m_sign;
    QLabel *m_activity;
    SnippetBox *m_snippet;
    Card *m_fileCard = nullptr;
    QLabel *m_file;
    QLabel *m_written;
    QLabel *m_told;
    QPushButton *m_write;
    QPushButton *m_restore;
    QPushButton *m_forget;
};

/// How a client fares: a shape, a colour and some words.
struct ClientSign
{
    Glyph glyph;
    Tone tone;
    QString text;
};
ClientSign clientSign(const std::optional<ClientRequest> &last);

} // namespace lunargate::ui
