// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/start_gateway.h"

#include "app/load_config.h"
#include "gateway/observability/logging.h"
#include "gateway/observability/redaction.h"
#include "gateway/version.h"

#include <sys/resource.h>

namespace lunargate {

namespace {

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

} // namespace

StartedGateway startGateway(LoadedConfig loaded, const RunCommand &command)
{
    StartedGateway started{.isBuiltIn = loaded.isBuiltIn, .files = loaded.reading.files};
    if (!loaded.reading.config) {
        started.problems.append("failed to load config: " + loaded.source + " cannot be used");
        for (const ConfigProblem &problem : loaded.reading.problems)
            started.problems.append(problem.toText());
        return started;
    }
    const Config &config = *loaded.reading.config;
    registerSecrets(config);
    installLogging(config.logging.level, config.logging.format);
    logStart(loaded, config);
    raiseDescriptorLimit();

    auto gateway = std::make_unique<Gateway>(
        std::move(loaded), [command](std::stop_token stop) { return loadConfig(command, std::move(stop)); });
    QObject::connect(gateway.get(), &Gateway::configReloaded, gateway.get(),
                     [gateway = gateway.get()](const ReloadReport &report) {
                         if (report.result != ReloadResult::Applied)
                             return;
                         logProviders(*gateway->config());
                         warnIfOpen(*gateway);
                     });
    if (const Result<void> listening = gateway->start(); !listening) {
        started.problems.append("lunargate: " + listening.error().message);
        started.passesByItself = true;
        return started;
    }
    warnIfOpen(*gateway);
    started.gateway = std::move(gateway);
    return started;
}

} // namespace lunargate
