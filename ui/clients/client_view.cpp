// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clients/client_view.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QLocale>
#include <QStyle>

#include <utility>

namespace lunargate::ui {

namespace {

QString timeText(const QDateTime &at)
{
    const QDateTime local = at.toLocalTime();
    const QLocale locale;
    return local.date() == QDate::currentDate() ? locale.toString(local.time(), QLocale::ShortFormat)
                                                : locale.toString(local, QLocale::ShortFormat);
}

} // namespace

ClientSign clientSign(const std::optional<ClientRequest> &last)
{
    if (!last)
        return {.glyph = Glyph::Ring, .tone = Tone::Muted, .text = ClientView::tr("No request yet")};
    const bool isWell = last->error.isEmpty();
    return {.glyph = isWell ? Glyph::Check : Glyph::Caution,
            .tone = isWell ? Tone::Ok : Tone::Warning,
            .text = ClientView::tr("Last request at %1: %2").arg(timeText(last->at), outcomeText(*last))};
}

ClientView::ClientView()
    : m_name(plainLabel({}, "heading")),
      m_what(plainLabel({}, "muted")),
      m_sign(new QLabel),
      m_activity(plainLabel({}, "muted")),
      m_snippet(new SnippetBox),
      m_file(plainLabel({}, "path")),
      m_written(plainLabel({}, "muted")),
      m_told(plainLabel({}, "muted")),
      m_write(new QPushButton(tr("Write into its configuration …"))),
      m_restore(new QPushButton(tr("Restore …"))),
      m_forget(new QPushButton(tr("Keep it as it is")))
{
    m_activity->setAccessibleName(tr("Last request"));
    auto *status = new QHBoxLayout;
    status->setSpacing(8);
    status->addWidget(m_sign, 0, Qt::AlignTop);
    status->addWidget(m_activity, 1);
    auto *head = new QVBoxLayout;
    head->setSpacing(4);
    head->addWidget(m_name);
    head->addWidget(m_what);
    head->addLayout(status);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addLayout(head);
    column->addWidget(makeSetup());
    column->addWidget(makeFile());
    column->addStretch(1);
}

QWidget *ClientView::makeSetup()
{
    auto *card = new Card(tr("Set it up"));
    card->content().setSpacing(8);
    card->content().addWidget(m_snippet);
    return card;
}

QWidget *ClientView::makeFile()
{
    m_fileCard = new Card(tr("Its own configuration"));
    m_file->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_file->setAccessibleName(tr("File"));
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_write);
    buttons->addWidget(m_restore);
    buttons->addWidget(m_forget);
    buttons->addStretch(1);
    QVBoxLayout &content = m_fileCard->content();
    content.addWidget(m_file);
    content.addWidget(m_written);
    content.addSpacing(4);
    content.addLayout(buttons);
    content.addWidget(m_told);
    m_forget->setToolTip(tr("LunarGate no longer offers to restore it; the backup stays"));
    connect(m_write, &QPushButton::clicked, this, &ClientView::writeRequested);
    connect(m_restore, &QPushButton::clicked, this, &ClientView::restoreRequested);
    connect(m_forget, &QPushButton::clicked, this, &ClientView::forgetRequested);
    return m_fileCard;
}

void ClientView::show(const State &state)
{
    const Client &client = *state.client;
    const ClientSign sign = clientSign(state.last);
    m_name->setText(QString::fromUtf8(client.name));
    m_what->setText(QCoreApplication::translate("Client", client.what) + QStringLiteral(" · ") +
                    QString::fromUtf8(client.protocol));
    m_sign->setPixmap(icon(sign.glyph, sign.tone).pixmap(16, 16));
    m_activity->setText(sign.text);
    m_snippet->show(client, state.place);
    m_fileCard->setVisible(!state.file.isEmpty());
    m_file->setText(state.file);
    m_write->setEnabled(state.hasGateway);
    m_restore->setVisible(state.written.has_value());
    m_forget->setVisible(state.written.has_value());
    m_written->setText(
        state.written
            ? tr("Written by LunarGate at %1. %2")
                  .arg(timeText(state.written->at), state.written->backup.isEmpty()
                                                        ? tr("There was no such file before.")
                                                        : tr("The backup is %1.").arg(state.written->backup))
            : tr("LunarGate has not changed it. It shows what it would write before it does, and keeps a backup."));
    if (std::exchange(m_shown, &client) != &client)
        tell({}, false);
}

void ClientView::tell(const QString &text, bool isProblem)
{
    m_told->setText(text);
    m_told->setVisible(!text.isEmpty());
    m_told->setObjectName(isProblem ? "problem" : "muted");
    m_told->style()->polish(m_told); // the object name chooses its look
}

} // namespace lunargate::ui
