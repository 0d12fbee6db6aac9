// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_process.h"

#include "tests/support/raw_client.h"

#include <QFile>
#include <QProcessEnvironment>
#include <QRegularExpression>
#include <QTest>

#include <csignal>

namespace lunargate::test {

namespace {

QProcessEnvironment cleanEnvironment(const std::vector<QByteArray> &more)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    // Nothing of the machine's own may reach the program: no keys, no proxy.
    for (const QString &name : environment.keys()) {
        if (name.contains(QLatin1StringView("proxy"), Qt::CaseInsensitive) ||
            name.endsWith(QLatin1StringView("_API_KEY")))
            environment.remove(name);
    }
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    environment.insert(QStringLiteral("ADMIN_TOKEN"), QLatin1StringView(kAdminToken));
    for (const QByteArray &variable : more) {
        const QList<QByteArray> parts = variable.split('=');
        environment.insert(QString::fromUtf8(parts.value(0)),
                           QString::fromUtf8(variable.mid(parts.value(0).size() + 1)));
    }
    return environment;
}

QStringList toStrings(const std::vector<QByteArray> &texts)
{
    QStringList out;
    for (const QByteArray &text : texts)
        out.append(QString::fromUtf8(text));
    return out;
}

// The address that the program announces, in either log format.
quint16 portIn(const QByteArray &log)
{
    static const QRegularExpression pattern(QStringLiteral(R"(gateway listening.*http://[^/\s"]*:(\d+))"));
    const QRegularExpressionMatch match = pattern.match(QString::fromUtf8(log));
    if (match.hasMatch())
        return match.captured(1).toUShort();
    static const QRegularExpression inJson(QStringLiteral(R"("address":"http://[^/\s"]*:(\d+))"));
    return inJson.match(QString::fromUtf8(log)).captured(1).toUShort();
}

} // namespace

ProgramResult runProgram(const std::vector<QByteArray> &arguments, const std::vector<QByteArray> &environment,
                         std::chrono::milliseconds limit, const QByteArray &input)
{
    QProcess process;
    process.setProcessEnvironment(cleanEnvironment(environment));
    process.start(QStringLiteral(LUNARGATE_PROGRAM), toStrings(arguments));
    process.write(input);
    process.closeWriteChannel();
    const bool ended = waitUntil([&] { return process.state() == QProcess::NotRunning; }, limit);
    if (!ended) {
        process.kill();
        process.waitForFinished(5000);
    }
    const bool isClean =
        ended && process.error() == QProcess::UnknownError && process.exitStatus() == QProcess::NormalExit;
    return {.exitCode = isClean ? process.exitCode() : -1,
            .out = process.readAllStandardOutput(),
            .error = process.readAllStandardError()};
}

GatewayProcess::GatewayProcess()
{
    connect(&m_process, &QProcess::readyReadStandardError, this, &GatewayProcess::readLog);
    connect(&m_process, &QProcess::finished, this, &GatewayProcess::ended);
}

GatewayProcess::~GatewayProcess()
{
    m_mayEnd = true;
    if (!isRunning())
        return;
    m_process.kill();
    m_process.waitForFinished(5000);
}

bool GatewayProcess::start(const QByteArray &yaml)
{
    if (!writeConfig(yaml)) {
        QTest::qFail("cannot write the configuration", __FILE__, __LINE__);
        return false;
    }
    QStringList arguments = {QStringLiteral("--config"), configPath(), QStringLiteral("--no-gui"),
                             QStringLiteral("--port"), QStringLiteral("0")};
    QProcessEnvironment environment = cleanEnvironment(m_environment);
    environment.insert(QStringLiteral("XDG_DATA_HOME"), dataFolder());
    m_process.setProcessEnvironment(environment);
    m_process.setWorkingDirectory(m_folder.path());
    m_process.start(QStringLiteral(LUNARGATE_PROGRAM), arguments + toStrings(m_arguments), QIODevice::ReadOnly);
    waitUntil([this] { return (m_port = portIn(m_log)) != 0 || !isRunning(); });
    if (m_port == 0 && isRunning())
        QTest::qFail(("the gateway does not say that it listens:\n" + m_log).constData(), __FILE__, __LINE__);
    if (m_port == 0 && m_process.error() == QProcess::FailedToStart)
        QTest::qFail("the program does not start: " LUNARGATE_PROGRAM, __FILE__, __LINE__);
    return m_port != 0;
}

bool GatewayProcess::writeConfig(const QByteArray &yaml) const
{
    QFile file(configPath());
    return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(yaml) == yaml.size();
}

bool GatewayProcess::waitForLog(const QByteArray &text, std::chrono::milliseconds limit) const
{
    return waitUntil([&] { return m_log.contains(text); }, limit);
}

void GatewayProcess::signal(int number) const
{
    m_mayEnd = true;
    if (processId() > 0)
        ::kill(static_cast<pid_t>(processId()), number);
}

int GatewayProcess::terminate(std::chrono::milliseconds limit)
{
    signal(SIGTERM);
    return waitForEnd(limit);
}

int GatewayProcess::waitForEnd(std::chrono::milliseconds limit)
{
    m_mayEnd = true;
    const bool ended = waitUntil([this] { return !isRunning(); }, limit);
    return ended && m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
}

qint64 GatewayProcess::residentBytes() const
{
    QFile status(QStringLiteral("/proc/%1/status").arg(processId()));
    if (!status.open(QIODevice::ReadOnly))
        return -1;
    const QByteArray text = status.readAll();
    const QByteArray line = text.mid(text.indexOf("VmRSS:") + 6);
    return line.left(line.indexOf("kB")).trimmed().toLongLong() * 1024;
}

void GatewayProcess::readLog()
{
    m_log += m_process.readAllStandardError();
}

void GatewayProcess::ended()
{
    readLog();
    if (!m_mayEnd)
        QTest::qFail(("the gateway ended unexpectedly and said:\n" + m_log).constData(), __FILE__, __LINE__);
}

} // namespace lunargate::test
