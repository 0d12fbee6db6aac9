// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task_runner.h"
#include "ui/setup/local_servers.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <memory>

namespace lunargate::ui {

/// What of providers is on this machine: keys in the environment, and model servers that answer.
class FindStep : public QWidget
{
    Q_OBJECT

public:
    FindStep(Environment environment, std::vector<LocalServer> servers);
    ~FindStep() override;

    /// Looks anew.
    void search();
    /// So far.
    const std::vector<FoundProvider> &found() const { return m_found; }

Q_SIGNALS:
    /// found() is all there is.
    void finished();

private:
    Task<> searchServers();
    void show(bool isSearching);

    const Environment m_environment;
    const std::vector<LocalServer> m_servers;
    std::vector<FoundProvider> m_found;
    QLabel *m_state;
    QPushButton *m_again;
    QVBoxLayout *m_list;
    std::unique_ptr<Transport> m_transport;
    std::unique_ptr<TaskRunner> m_searching; // first to go: it uses the transport
};

} // namespace lunargate::ui
