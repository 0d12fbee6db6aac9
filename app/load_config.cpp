// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/load_config.h"

#include <QFile>
#include <QFileInfo>

#include <utility>

namespace lunargate {

namespace {

// `configFile` is what takes over as soon as it is there.
LoadedConfig builtIn(const QString &configFile)
{
    QFile file(QStringLiteral(":/lunargate/config.simulator.yaml"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("the built-in configuration is missing from this build");
    LoadedConfig loaded{.reading = readConfigText(file.readAll(), "built-in configuration", Environment::ofProcess()),
                        .source = "built-in simulator",
                        .isBuiltIn = true};
    loaded.reading.digest = "built-in";
    loaded.reading.files = {QFileInfo(configFile).absoluteFilePath()};
    return loaded;
}

} // namespace

LoadedConfig loadConfig(const RunCommand &command, std::stop_token stop)
{
    LoadedConfig loaded;
    if (!command.isConfigGiven && !QFile::exists(command.configFile)) {
        loaded = builtIn(command.configFile);
    } else {
        loaded.reading = readConfigFile(command.configFile, Environment::ofProcess(std::move(stop)));
        loaded.source = command.configFile.toUtf8();
    }
    if (!loaded.reading.config)
        return loaded;
    Config &config = *loaded.reading.config;
    if (command.host)
        config.server.host = *command.host;
    if (command.port)
        config.server.port = *command.port;
    if (command.workers)
        config.server.workers = *command.workers;
    if (command.logLevel)
        config.logging.level = *command.logLevel;
    return loaded;
}

} // namespace lunargate
