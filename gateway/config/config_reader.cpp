// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_reader.h"

#include "gateway/config/dotenv.h"
#include "gateway/config/reference_check.h"
#include "gateway/config/sections.h"
#include "gateway/config/yaml_reader.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <iterator>

namespace lunargate {

namespace {

using Severity = ConfigProblem::Severity;

bool isError(const ConfigProblem &problem)
{
    return problem.severity == Severity::Error;
}

/// All sections, in the order in which they are documented.
Config readSections(SectionReader &root)
{
    Config config;
    References references;
    readServer(root, config.server);
    readProviders(root, config.providers, references.unusable);
    readRouting(root, config.routing, references.used);
    readModelSelection(root, config.modelSelection);
    readRateLimiting(root, config.rateLimiting);
    readCaching(root, config.caching);
    readRetry(root, config.retry);
    readCircuitBreaker(root, config.circuitBreaker);
    readLogging(root, config.logging);
    readSecurity(root, config.security, references.routes);
    readDataSharing(root, config.dataSharing);
    root.ignore("update_check", "this program does not look for updates by itself; this key does nothing");
    checkReferences(root, config, references);
    root.finish();
    return config;
}

ConfigReading fail(ConfigProblem problem)
{
    ConfigReading reading;
    reading.problems.push_back(std::move(problem));
    return reading;
}

ConfigProblem unreadable(const QFile &file)
{
    return {Severity::Error, file.fileName().toUtf8(), 0, 0, {}, "cannot be read: " + file.errorString().toUtf8()};
}

/// Adds the variables of the `.env` file in `directory`, if there is one.
void readDotEnv(const QDir &directory, Environment &environment, std::vector<ConfigProblem> &problems)
{
    QFile file(directory.filePath(QStringLiteral(".env")));
    if (!QFileInfo(file).isFile())
        return;
    if (!file.open(QIODevice::ReadOnly)) {
        problems.push_back(unreadable(file));
        return;
    }
    std::ranges::copy(mergeDotEnv(environment, file.readAll(), file.fileName().toUtf8()), std::back_inserter(problems));
}

} // namespace

ConfigReading readConfigText(QByteArrayView text, const QByteArray &fileName, const Environment &environment)
{
    YamlReading yaml = readYaml(text, fileName);
    if (!yaml.root)
        return {std::nullopt, std::move(yaml.problems)};
    if (yaml.root->kind == YamlNode::Kind::Null)
        return fail(
            {Severity::Error, fileName, 1, 1, {}, "the file is empty; it needs `providers` and `routing` at least"});
    if (yaml.root->kind != YamlNode::Kind::Map) {
        const YamlPosition position = yaml.root->position;
        return fail(
            {Severity::Error, fileName, position.line, position.column, {}, "expected a map (`key: value` lines)"});
    }

    ReadingContext context{.environment = environment, .fileName = fileName, .problems = std::move(yaml.problems)};
    SectionReader root(context, &*yaml.root);
    ConfigReading reading;
    reading.config = readSections(root);
    reading.config->keychainSecrets = std::move(context.keychainSecrets);
    reading.problems = std::move(context.problems);
    std::ranges::stable_sort(reading.problems, {},
                             [](const ConfigProblem &problem) { return std::pair(problem.line, problem.column); });
    if (std::ranges::any_of(reading.problems, isError))
        reading.config.reset();
    return reading;
}

ConfigReading readConfigFile(const QString &path, const Environment &environment)
{
    QFile file(path);
    if (path.endsWith(QLatin1StringView(".toml"), Qt::CaseInsensitive))
        return fail({Severity::Error,
                     path.toUtf8(),
                     0,
                     0,
                     {},
                     "TOML is not supported; write the configuration as YAML or JSON"});
    if (!file.open(QIODevice::ReadOnly))
        return fail(unreadable(file));

    Environment variables = environment;
    std::vector<ConfigProblem> problems;
    const QDir directory = QFileInfo(path).absoluteDir();
    readDotEnv(directory, variables, problems);
    if (QDir::current() != directory)
        readDotEnv(QDir::current(), variables, problems);

    ConfigReading reading = readConfigText(file.readAll(), path.toUtf8(), variables);
    if (std::ranges::any_of(problems, isError))
        reading.config.reset();
    reading.problems.insert(reading.problems.begin(), problems.begin(), problems.end());
    return reading;
}

std::vector<KnownKey> knownConfigKeys()
{
    std::vector<KnownKey> keys;
    const Environment environment;
    ReadingContext context{.environment = environment, .fileName = {}, .problems = {}, .knownKeys = &keys};
    SectionReader root(context, nullptr);
    readSections(root);
    return keys;
}

} // namespace lunargate
