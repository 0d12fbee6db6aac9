// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>

namespace lunargate::test {

/// A display of its own that nobody sees (Xvfb), which DISPLAY names as long as this lives; for tests that need more of
/// a desktop than Qt's offscreen platform has. Before the application, which connects to it.
class XServer
{
public:
    XServer();
    ~XServer();

    /// It answers; else problem() says why not.
    bool isRunning() const { return m_problem.isEmpty(); }
    const QByteArray &problem() const { return m_problem; }

private:
    QProcess m_server;
    QByteArray m_problem;
};

/// A panel with a tray (stalonetray) on the display that DISPLAY names.
class TrayHost
{
public:
    TrayHost();
    ~TrayHost() { stop(); }

    void stop();
    void restart();

private:
    void start();

    QProcess m_process;
};

} // namespace lunargate::test
