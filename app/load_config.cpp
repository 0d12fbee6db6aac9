// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/load_config.h"

#include <QFile>
#include <QFileInfo>

#include <utility>

namespace lunargate {

namespace {

// What was said is for the window to show.
ConfigDefaults defaultsOf(const RunCommand &command)
{
    return {.historyCapture = command.isHeadless ? HistoryCapture::Metadata : HistoryCapture::Bodies};
}

// `configFile` is what takes over as soon as it is there.
LoadedConfig builtIn(const QString &configFile, const ConfigDefaults &defaults)
{
    const QByteArray text = builtInConfig();
    LoadedConfig loaded{.reading = readConfigText(text, "built-in configuration", Environment::ofProcess(), defaults),
                        .source = "built-in simulator",
                        .isBuiltIn = true};
    loaded.reading.text = SecretString(text);
    loaded.reading.digest = "built-in";
    loaded.reading.files = {QFileInfo(configFile).absoluteFilePath()};
    return loaded;
}

} // namespace

QByteArray builtInConfig()
{
    QFile file(QStringLiteral(":/lunargate/config.simulator.yaml"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("the built-in configuration is missing from this build");
    return file.readAll();
}

LoadedConfig loadConfig(const RunCommand &command, std::stop_token stop)
{
    LoadedConfig loaded;
    const ConfigDefaults defaults = defaultsOf(command);
    if (!command.isConfigGiven && !QFile::exists(command.configFile)) {
        loaded = builtIn(command.configFile, defaults);
    } else {
        loaded.reading = readConfigFile(command.configFile, Environment::ofProcess(std::move(stop)), defaults);
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

ConfigReading checkConfigText(const RunCommand &command, QByteArrayView text, const Environment &environment)
{
    return readConfigFileWith(text, command.configFile, environment, defaultsOf(command));
}

} // namespace lunargate
