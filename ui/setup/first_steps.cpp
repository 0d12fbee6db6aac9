// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/setup/first_steps.h"

#include <QFileInfo>

#include <utility>

namespace lunargate::ui {

FirstSteps::FirstSteps(SetupOptions options, Settings &settings, QWidget &window)
    : m_options(std::move(options)), m_settings(settings), m_window(window)
{
}

void FirstSteps::setGateway(Gateway *gateway)
{
    m_gateway = gateway;
    if (m_wizard)
        m_wizard->setGateway(gateway);
}

void FirstSteps::offer()
{
    const QString &file = m_options.configFile;
    const bool isFirst = !file.isEmpty() && !QFileInfo::exists(file) && !m_settings.hasSeenSetup();
    if (isFirst && m_window.isVisible() && !m_window.isMinimized())
        open();
}

void FirstSteps::open()
{
    if (m_options.configFile.isEmpty())
        return;
    if (!m_wizard) {
        m_settings.setSeenSetup();
        m_wizard = new SetupWizard(m_options, &m_window);
        m_wizard->setAttribute(Qt::WA_DeleteOnClose);
        m_wizard->setGateway(m_gateway);
        connect(m_wizard, &SetupWizard::configWritten, this, &FirstSteps::configWritten);
    }
    m_wizard->show();
    m_wizard->raise();
    m_wizard->activateWindow();
}

} // namespace lunargate::ui
