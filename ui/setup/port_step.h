// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/setup/ports.h"

#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>

#include <thread>

namespace lunargate::ui {

/// Which port the gateway is to have, and what gets into which file.
class PortStep : public QWidget
{
    Q_OBJECT

public:
    /// `configFile` is where the configuration is to be. With `isFixed` the command line says the port.
    PortStep(QString configFile, bool isFixed);

    /// The gateway's own, which counts as free; 0: it does not run.
    void setOwnPort(int port);
    /// Also if it is still being typed: then portChanged() comes now.
    int port();
    /// What would be in the file; empty: nothing needs to be written.
    void setText(const QByteArray &text);
    bool hasFile() const;

    void tell(const QString &problem);

Q_SIGNALS:
    /// The text depends on it.
    void portChanged();

private:
    void check();
    void showOwner(int port, const std::optional<PortOwner> &owner);
    QWidget *makePort(bool isFixed);

    const QString m_configFile;
    int m_ownPort = 0;
    QSpinBox *m_port;
    QLabel *m_sign;
    QLabel *m_state;
    QPushButton *m_next;
    QLabel *m_file;
    QPlainTextEdit *m_text;
    QLabel *m_problem;
    std::jthread m_search; // for the owner; first to go, as it reports here
};

} // namespace lunargate::ui
