// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run.h"

#include "app/load_config.h"
#include "app/print.h"
#include "app/start_gateway.h"
#include "app/unix_signals.h"
#include "gateway/observability/logging.h"
#include "gateway/version.h"

#include <QCoreApplication>

#include <cstdio>

namespace lunargate {

namespace {

void printProblems(const std::vector<ConfigProblem> &problems)
{
    for (const ConfigProblem &problem : problems)
        print(stderr, problem.toText() + '\n');
}

void printWelcome(const Gateway &gateway, bool isBuiltIn)
{
    const Config &config = *gateway.config();
    if (config.logging.format == LogFormat::Json)
        return;
    QByteArray text = "\nLunarGate " + QByteArray(version()) + " answers on " + gateway.address() + "/v1";
    if (isBuiltIn)
        text += "\nThere is no config.yaml here: the built-in simulator makes the answers up, until there is one.";
    if (const QByteArray file = gateway.adminTokenFile().toUtf8(); !file.isEmpty())
        text += "\nIts admin API (" + gateway.adminAddress() + "/admin/v1) takes the token in " + file;
    text += "\nTry it:\n\n  curl " + gateway.address() + "/v1/chat/completions -H 'Content-Type: application/json'";
    if (config.security.enabled)
        text += " -H 'Authorization: Bearer YOUR_KEY'";
    text += " -d '{\"model\":\"lunargate/auto\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello!\"}]}'\n\n";
    print(stdout, text);
}

} // namespace

int run(const RunCommand &command)
{
    LoadedConfig loaded = loadConfig(command);
    const UnixSignals unixSignals;
    const StartedGateway started = startGateway(std::move(loaded), command);
    if (!started.gateway) {
        print(stderr, started.problems.join('\n') + '\n');
        return 1;
    }
    Gateway &gateway = *started.gateway;
    QObject::connect(&gateway, &Gateway::stopped, qApp, [] { QCoreApplication::exit(0); }, Qt::QueuedConnection);
    QObject::connect(&unixSignals, &UnixSignals::endRequested, &gateway, [&gateway] {
        logEvent(appLog(), LogLevel::Info, "stopping: running requests may finish; a second signal ends at once");
        gateway.stop();
    });
    QObject::connect(&unixSignals, &UnixSignals::reloadRequested, &gateway,
                     [&gateway] { gateway.reload(ReloadTrigger::Signal); });
    printWelcome(gateway, started.isBuiltIn);
    return QCoreApplication::exec();
}

int check(const CheckCommand &command)
{
    const ConfigReading reading = readConfigFile(command.configFile, Environment::ofProcess());
    printProblems(reading.problems);
    const bool hasWarnings = !reading.problems.empty();
    if (!reading.config || (command.isStrict && hasWarnings))
        return 2;
    print(stdout, command.configFile.toUtf8() + ": ok\n");
    return 0;
}

} // namespace lunargate
