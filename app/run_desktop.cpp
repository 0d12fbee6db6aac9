// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run_desktop.h"

#include "app/load_config.h"
#include "app/start_gateway.h"
#include "app/unix_signals.h"
#include "gateway/keys/key_uses.h"
#include "gateway/security/keychain.h"
#include "gateway/security/remembering_keychain.h"
#include "ui/desktop.h"
#include "ui/shell/single_instance.h"

#include <QApplication>
#include <QDir>
#include <QFileInfo>

#include <cstdio>
#include <thread>
#include <utility>

namespace lunargate {

namespace {

void print(const QByteArray &line)
{
    std::fputs((line + '\n').constData(), stderr);
}

/// Reads the configuration in a thread of its own, as a keychain may keep it waiting, and starts the gateway in this
/// one.
class GatewayStarter : public QObject
{
public:
    explicit GatewayStarter(RunCommand command) : m_command(std::move(command)) {}

    void start(std::function<void(ui::StartResult)> done)
    {
        m_reader = std::jthread([this, done = std::move(done)](std::stop_token stop) {
            const auto loaded = std::make_shared<LoadedConfig>(loadConfig(m_command, std::move(stop)));
            QMetaObject::invokeMethod(this, [this, loaded, done] { finish(std::move(*loaded), done); });
        });
    }

private:
    void finish(LoadedConfig loaded, const std::function<void(ui::StartResult)> &done)
    {
        StartedGateway started = startGateway(std::move(loaded), m_command);
        ui::StartResult result{
            .gateway = std::move(started.gateway), .files = started.files, .passesByItself = started.passesByItself};
        if (started.problems != std::exchange(m_problems, started.problems) && !started.problems.isEmpty())
            print(started.problems.join('\n'));
        for (const QByteArray &problem : started.problems)
            result.problems.append(QString::fromUtf8(problem));
        done(std::move(result));
    }

    const RunCommand m_command;
    QByteArrayList m_problems; // that were said last
    std::jthread m_reader;     // first to go: it uses this
};

ui::StartCommand startCommand(RunCommand command)
{
    command.isConfigGiven = command.isConfigGiven || QFileInfo::exists(command.configFile);
    command.configFile = QFileInfo(command.configFile).absoluteFilePath();
    return {.arguments = QStringList{QCoreApplication::applicationFilePath()} + argumentsOf(command),
            .folder = QDir::currentPath()};
}

ui::ConfigAccess configAccess(RunCommand command)
{
    command.configFile = QFileInfo(command.configFile).absoluteFilePath();
    const auto keychain = std::make_shared<RememberingKeychain>(systemKeychain());
    return {.file = command.configFile,
            .builtIn = command.isConfigGiven ? QByteArray() : builtInConfig(),
            .check = [command, keychain](const QByteArray &text, std::stop_token stop) {
                Environment environment = Environment::ofProcess();
                environment.setKeychain(keychain.get(), std::move(stop));
                return checkConfigText(command, text, environment);
            }};
}

void sayItRuns(const RunCommand &command)
{
    QByteArray text = "lunargate: it runs already, its window was asked for";
    if (const QStringList arguments = argumentsOf(command); !arguments.isEmpty())
        text += "; it does not take over " + arguments.join(u' ').toUtf8() + " (a second gateway: --no-gui)";
    print(text);
}

} // namespace

int runDesktop(const RunCommand &command, int argc, char *argv[])
{
    const QApplication application(argc, argv);
    QGuiApplication::setDesktopFileName(QStringLiteral("lunargate"));
    ui::SingleInstance instance;
    if (!instance.claim()) {
        sayItRuns(command);
        return 0;
    }

    const UnixSignals unixSignals;
    GatewayStarter starter(command);
    ui::Settings settings;
    ui::Desktop desktop(
        settings,
        {.startGateway = [&starter](std::function<void(ui::StartResult)> done) { starter.start(std::move(done)); },
         .startCommand = [&command] { return startCommand(command); },
         .config = configAccess(command),
         .keychain = &systemKeychain(),
         .keyUses = [file = command.configFile] { return keyUsesOfFile(file); },
         .setup = {.configFile = QFileInfo(command.configFile).absoluteFilePath(),
                   .isPortFixed = command.port.has_value()}});
    QObject::connect(&instance, &ui::SingleInstance::raiseRequested, &desktop, &ui::Desktop::raiseWindow);
    QObject::connect(&unixSignals, &UnixSignals::endRequested, &desktop, &ui::Desktop::stop);
    QObject::connect(&unixSignals, &UnixSignals::reloadRequested, &desktop, [&desktop] {
        if (desktop.gateway())
            desktop.gateway()->reload(ReloadTrigger::Signal);
    });
    QObject::connect(&desktop.watch(), &ui::GatewayWatch::stateChanged, &instance, [&] {
        if (desktop.watch().state().condition == ui::Condition::Stopping)
            instance.retire();
    });
    int status = 1;
    QObject::connect(&desktop, &ui::Desktop::gatewayStarted, qApp, [&status] { status = 0; });
    QObject::connect(&desktop, &ui::Desktop::ended, qApp, [] { QCoreApplication::exit(0); });
    desktop.start();
    QApplication::exec();
    return status;
}

} // namespace lunargate
