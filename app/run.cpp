// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run.h"

#include "app/load_config.h"
#include "app/unix_signals.h"
#include "gateway/gateway.h"
#include "gateway/observability/logging.h"
#include "gateway/observability/redaction.h"
#include "gateway/version.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdio>

#include <sys/resource.h>

namespace lunargate {

namespace {

void print(FILE *where, const QByteArray &text)
{
    std::fwrite(text.constData(), 1, static_cast<size_t>(text.size()), where);
    std::fflush(where);
}

void printProblems(const std::vector<ConfigProblem> &problems)
{
    for (const ConfigProblem &problem : problems)
        print(stderr, problem.toText() + '\n');
}

// Each connection takes a descriptor, and each call to a provider one more.
void raiseDescriptorLimit()
{
    rlimit limit = {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

// What does nothing yet must not look as if it did.
void warnOfMissingFeatures(const Config &config)
{
    for (const ProviderConfig &provider : config.providers) {
        if (!ProviderRegistry::isSupported(provider.protocol))
            logEvent(configLog(), LogLevel::Warning, "this version cannot call providers of this type yet",
                     {{"provider", provider.id}, {"type", provider.type}});
    }
}

void logProviders(const Config &config)
{
    for (const ProviderConfig &provider : config.providers)
        logEvent(
            configLog(), LogLevel::Info, "registered provider",
            {{"provider", provider.id}, {"provider_type", provider.type}, {"default_model", provider.defaultModel}});
    warnOfMissingFeatures(config);
}

void logStart(const LoadedConfig &loaded, const Config &config)
{
    logEvent(appLog(), LogLevel::Info, "starting LunarGate gateway",
             {{"version", version()}, {"config", loaded.source}});
    for (const ConfigProblem &problem : loaded.reading.problems)
        logEvent(configLog(), LogLevel::Warning, "configuration warning", {{"problem", problem.toText()}});
    logProviders(config);
}

void warnIfOpen(const Gateway &gateway)
{
    if (gateway.isLoopbackOnly() || gateway.config()->security.enabled)
        return;
    logEvent(
        securityLog(), LogLevel::Warning,
        "ANYBODY WHO REACHES THIS PORT CAN USE YOUR PROVIDER KEYS: the gateway listens beyond this machine without "
        "asking for a key; set security.provider: api_key, or server.host: 127.0.0.1",
        {{"address", gateway.address()}});
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
    if (!loaded.reading.config) {
        print(stderr, "failed to load config: " + loaded.source + " cannot be used\n");
        printProblems(loaded.reading.problems);
        return 1;
    }
    const Config &config = *loaded.reading.config;
    registerSecrets(config);
    installLogging(config.logging.level, config.logging.format);
    logStart(loaded, config);
    raiseDescriptorLimit();

    const UnixSignals unixSignals;
    const bool isBuiltIn = loaded.isBuiltIn;
    Gateway gateway(std::move(loaded),
                    [command](std::stop_token stop) { return loadConfig(command, std::move(stop)); });
    QObject::connect(&gateway, &Gateway::stopped, qApp, [] { QCoreApplication::exit(0); }, Qt::QueuedConnection);
    QObject::connect(&unixSignals, &UnixSignals::endRequested, &gateway, [&gateway] {
        logEvent(appLog(), LogLevel::Info, "stopping: running requests may finish; a second signal ends at once");
        gateway.stop();
    });
    QObject::connect(&unixSignals, &UnixSignals::reloadRequested, &gateway,
                     [&gateway] { gateway.reload(ReloadTrigger::Signal); });
    QObject::connect(&gateway, &Gateway::configReloaded, &gateway, [&gateway](const ReloadReport &report) {
        if (report.result != ReloadResult::Applied)
            return;
        logProviders(*gateway.config());
        warnIfOpen(gateway);
    });
    if (const Result<void> started = gateway.start(); !started) {
        print(stderr, "lunargate: " + started.error().message + '\n');
        return 1;
    }
    warnIfOpen(gateway);
    printWelcome(gateway, isBuiltIn);
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
