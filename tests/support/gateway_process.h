// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/wait.h"

#include <QObject>
#include <QProcess>
#include <QTemporaryDir>

#include <chrono>
#include <functional>
#include <vector>

namespace lunargate::test {

/// What a run of the program left behind.
struct ProgramResult
{
    int exitCode = -1; ///< -1: it did not end in time, or crashed
    QByteArray out;
    QByteArray error;
};

/// Runs the built program to its end with these arguments, and `input` as its standard input.
ProgramResult runProgram(const std::vector<QByteArray> &arguments, const std::vector<QByteArray> &environment = {},
                         std::chrono::milliseconds limit = kPatience, const QByteArray &input = {});

/// The built program as a process with a configuration of its own in a temporary folder, on a port of its own. If it
/// ends without being asked to, the present test fails and shows what the program said.
class GatewayProcess : public QObject
{
    Q_OBJECT

public:
    GatewayProcess();
    /// Ends the process, by force if need be.
    ~GatewayProcess() override;

    /// `NAME=value`, beside what the test itself has; before start().
    void setEnvironment(const QByteArray &variable) { m_environment.push_back(variable); }
    /// Called in the child before it becomes the program; only what may be called after fork().
    void setChildModifier(const std::function<void()> &modifier) { m_process.setChildProcessModifier(modifier); }
    void setArguments(const std::vector<QByteArray> &arguments) { m_arguments = arguments; }

    /// Writes the configuration and waits until the program listens. On failure the test fails with the program's
    /// output, and this returns false.
    bool start(const QByteArray &yaml);

    quint16 port() const { return m_port; }
    qint64 processId() const { return m_process.processId(); }
    /// The configuration file, for tests that change it.
    QString configPath() const { return m_folder.filePath(QStringLiteral("config.yaml")); }
    /// What is `$XDG_DATA_HOME` for the program.
    QString dataFolder() const { return m_folder.filePath(QStringLiteral("data")); }
    bool writeConfig(const QByteArray &yaml) const;

    /// Everything the program wrote to standard error so far.
    const QByteArray &log() const { return m_log; }
    bool waitForLog(const QByteArray &text, std::chrono::milliseconds limit = kPatience) const;

    void signal(int number) const;
    bool isRunning() const { return m_process.state() != QProcess::NotRunning; }
    /// Asks by SIGTERM and returns the exit status; -1 if the program crashed or did not end in time.
    int terminate(std::chrono::milliseconds limit = kPatience);
    /// Waits for an end that was asked for by signal().
    int waitForEnd(std::chrono::milliseconds limit = kPatience);

    /// Resident memory in bytes (VmRSS).
    qint64 residentBytes() const;

private:
    void readLog();
    void ended();

    QTemporaryDir m_folder;
    QProcess m_process;
    std::vector<QByteArray> m_environment;
    std::vector<QByteArray> m_arguments;
    QByteArray m_log;
    quint16 m_port = 0;
    mutable bool m_mayEnd = false;
};

} // namespace lunargate::test
