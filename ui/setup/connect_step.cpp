// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/setup/connect_step.h"

#include "ui/clients/client.h"
#include "ui/shell/card.h"

#include <QHBoxLayout>

namespace lunargate::ui {

ConnectStep::ConnectStep()
    : m_client(new QComboBox), m_snippet(new SnippetBox), m_sign(new QLabel), m_state(plainLabel({}, "heading"))
{
    m_client->setAccessibleName(tr("Client"));
    m_state->setAccessibleName(tr("First request"));
    for (const Client &client : allClients())
        m_client->addItem(QString::fromUtf8(client.name), QByteArray(client.id));
    auto *label = new QLabel(tr("&Client"));
    label->setBuddy(m_client);
    auto *choice = new QHBoxLayout;
    choice->setSpacing(12);
    choice->addWidget(label);
    choice->addWidget(m_client);
    choice->addStretch(1);
    auto *card = new Card(tr("Your client"));
    card->content().setSpacing(8);
    card->content().addLayout(choice);
    card->content().addWidget(m_snippet);
    auto *state = new QHBoxLayout;
    state->setSpacing(8);
    state->addWidget(m_sign, 0, Qt::AlignTop);
    state->addWidget(m_state, 1);
    auto *check = new Card(tr("Does it work?"));
    check->content().addLayout(state);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(card);
    column->addWidget(check);
    column->addWidget(plainLabel(tr("The page Clients has more of them, and writes into their configurations if you "
                                    "want that."),
                                 "muted"));
    column->addStretch(1);
    connect(m_client, &QComboBox::currentIndexChanged, this, &ConnectStep::showClient);
    connect(&m_activity, &ClientActivity::requestEnded, this, &ConnectStep::note);
    listen();
}

void ConnectStep::setGateway(Gateway *gateway)
{
    m_gateway = gateway;
    m_activity.setHistory(gateway ? &gateway->history() : nullptr);
    if (!m_isDone)
        listen();
}

void ConnectStep::listen()
{
    m_isDone = false;
    showClient();
    if (!m_gateway)
        tell(Glyph::Ring, Tone::Muted, tr("The gateway does not run yet …"));
    else if (m_gateway->history().isWanted())
        tell(Glyph::Ring, Tone::Muted, tr("Waiting for the first request …"));
    else
        tell(Glyph::Caution, Tone::Warning,
             tr("The history is switched off, so nobody can tell whether a request came."));
}

void ConnectStep::showClient()
{
    const Client *client = findClient(m_client->currentData().toByteArray());
    if (!m_gateway || !client)
        return;
    m_snippet->show(*client, {.address = QString::fromUtf8(m_gateway->address()),
                              .asksForKey = m_gateway->config()->security.enabled});
}

// One that failed is told, but the next one may do better.
void ConnectStep::note(const ClientRequest &request)
{
    if (m_isDone)
        return;
    m_isDone = request.error.isEmpty();
    const QString outcome = outcomeText(request);
    const QString who = request.program.isEmpty() ? QString() : tr(" (from %1)").arg(request.program);
    if (m_isDone)
        tell(Glyph::Check, Tone::Ok, tr("First request received, %1%2").arg(outcome, who));
    else
        tell(Glyph::Caution, Tone::Warning,
             tr("A request was received, but it failed: %1%2. The page Requests tells why.").arg(outcome, who));
}

void ConnectStep::tell(Glyph glyph, Tone tone, const QString &text)
{
    m_sign->setPixmap(icon(glyph, tone).pixmap(16, 16));
    m_state->setText(text);
}

} // namespace lunargate::ui
