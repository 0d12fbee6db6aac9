// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/setup/port_step.h"

#include "ui/shell/card.h"
#include "ui/theme/icons.h"

#include <QFileInfo>
#include <QFontDatabase>
#include <QHBoxLayout>

#include <algorithm>
#include <utility>

namespace lunargate::ui {

PortStep::PortStep(QString configFile, bool isFixed)
    : m_configFile(std::move(configFile)),
      m_port(new QSpinBox),
      m_sign(new QLabel),
      m_state(plainLabel({}, "muted")),
      m_next(new QPushButton),
      m_file(plainLabel({}, "muted")),
      m_text(new QPlainTextEdit),
      m_problem(plainLabel({}, "problem"))
{
    m_text->setReadOnly(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setTabChangesFocus(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->setAccessibleName(tr("The configuration"));
    auto *card = new Card(tr("Configuration"));
    card->content().setSpacing(8);
    card->content().addWidget(m_file);
    card->content().addWidget(m_text, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(makePort(isFixed));
    column->addWidget(card, 1);
    column->addWidget(m_problem);
    tell({});
    check();
}

QWidget *PortStep::makePort(bool isFixed)
{
    m_port->setRange(1, 65535);
    m_port->setValue(8080);
    m_port->setEnabled(!isFixed);
    m_port->setKeyboardTracking(false); // not for each digit
    m_port->setAccessibleName(tr("Port"));
    connect(m_port, &QSpinBox::valueChanged, this, [this] {
        check();
        Q_EMIT portChanged();
    });
    connect(m_next, &QPushButton::clicked, this, [this] { m_port->setValue(m_next->property("port").toInt()); });
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_port);
    row->addWidget(m_sign);
    row->addWidget(m_state, 1);
    row->addWidget(m_next);
    auto *card = new Card(tr("Port"));
    card->content().setSpacing(8);
    card->content().addWidget(plainLabel(isFixed
                                             ? tr("The command line says which port the gateway has (--port).")
                                             : tr("Clients of this machine reach the gateway there, nobody else does."),
                                         "muted"));
    card->content().addLayout(row);
    return card;
}

void PortStep::setOwnPort(int port)
{
    m_ownPort = port;
    if (port != 0)
        m_port->setValue(port);
    check();
}

int PortStep::port()
{
    m_port->interpretText();
    return m_port->value();
}

void PortStep::check()
{
    const int port = m_port->value();
    const PortState state = port == m_ownPort ? PortState::Free : stateOfPort(static_cast<quint16>(port));
    const bool isFree = state == PortState::Free;
    m_sign->setPixmap(icon(isFree ? Glyph::Check : Glyph::Caution, isFree ? Tone::Ok : Tone::Warning).pixmap(16, 16));
    m_state->setText(port == m_ownPort               ? tr("The gateway has it.")
                     : isFree                        ? tr("It is free.")
                     : state == PortState::Forbidden ? tr("This user may not listen there. Take one above 1023.")
                                                     : tr("Another program has it."));
    m_next->setVisible(false);
    m_search = {};
    if (isFree)
        return;
    constexpr int kLastForbidden = 1023; // ip(7)
    const int after = state == PortState::Forbidden ? std::max(port, kLastForbidden) : port;
    if (const std::optional<quint16> next = nextFreePort(static_cast<quint16>(after)); next && m_port->isEnabled()) {
        m_next->setText(tr("Take %1").arg(*next));
        m_next->setProperty("port", *next);
        m_next->setVisible(true);
    }
    if (state == PortState::Forbidden)
        return;
    m_search = std::jthread([this, port](const std::stop_token &stop) {
        const std::optional<PortOwner> owner = ownerOfPort(static_cast<quint16>(port), stop);
        if (stop.stop_requested())
            return;
        QMetaObject::invokeMethod(this, [this, port, owner] { showOwner(port, owner); }, Qt::QueuedConnection);
    });
}

void PortStep::showOwner(int port, const std::optional<PortOwner> &owner)
{
    if (port != m_port->value())
        return;
    m_state->setText(owner ? tr("%1 has it (process %2).").arg(owner->program, QString::number(owner->pid))
                           : tr("Another program has it, which this user may not look at."));
}

bool PortStep::hasFile() const
{
    return QFileInfo::exists(m_configFile);
}

void PortStep::setText(const QByteArray &text)
{
    m_text->setPlainText(QString::fromUtf8(text));
    m_text->setVisible(!text.isEmpty());
    m_file->setText(text.isEmpty() ? tr("There is nothing to write: the simulator answers, as it does now.")
                    : hasFile()
                        ? tr("%1 is there. It is not changed; take what you want of this.").arg(m_configFile)
                        : tr("%1 is made like this, for you alone. Keys stay in the environment.").arg(m_configFile));
}

void PortStep::tell(const QString &problem)
{
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
}

} // namespace lunargate::ui
