// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_reader.h"

#include "gateway/config/dotenv.h"
#include "gateway/config/key_check.h"
#include "gateway/config/reference_check.h"
#include "gateway/config/sections.h"
#include "gateway/config/yaml_reader.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <expected>
#include <iterator>

namespace lunargate {

namespace {

using Severity = ConfigProblem::Severity;

bool isError(const ConfigProblem &problem)
{
    return problem.severity == Severity::Error;
}

/// All sections, in the order in which they are documented.
Config readSections(SectionReader &root, const ConfigDefaults &defaults)
{
    Config config;
    config.history.capture = defaults.historyCapture;
    References references;
    readServer(root, config.server);
    readUpstream(root, config.upstream);
    readProviders(root, config.providers, references.unusable);
    readRouting(root, config.routing, references.used);
    readModelSelection(root, config.modelSelection);
    readRateLimiting(root, config.rateLimiting, references.limitedKeys);
    readCaching(root, config.caching);
    readStoredResponses(root, config.storedResponses);
    readRetry(root, config.retry);
    readCircuitBreaker(root, config.circuitBreaker);
    readLogging(root, config.logging);
    readHistory(root, config.history);
    readSecurity(root, config.security, references.routes);
    readAdmin(root, config.admin);
    readDataSharing(root, config.dataSharing);
    readRemoteControl(root, config.remoteControl);
    readTelemetry(root, config.telemetry);
    readPrices(root, config.prices, references.used);
    root.ignore("update_check", "this program does not look for updates by itself; this key does nothing");
    checkReferences(root, config, references);
    checkKeys(root.context());
    root.finish();
    return config;
}

ConfigReading fail(ConfigProblem problem)
{
    ConfigReading reading;
    reading.problems.push_back(std::move(problem));
    return reading;
}

ConfigProblem problemOf(const QString &path, const QByteArray &message)
{
    return {Severity::Error, path.toUtf8(), 0, 0, {}, message};
}

/// Reads files, and puts down which, and a digest of what they said.
class FileReader
{
public:
    /// On failure why it cannot be read.
    std::expected<QByteArray, QByteArray> read(const QString &path)
    {
        QFile file(path);
        m_files.append(QFileInfo(path).absoluteFilePath());
        if (!file.open(QIODevice::ReadOnly)) {
            m_digest.addData("unreadable");
            return std::unexpected("cannot be read: " + file.errorString().toUtf8());
        }
        QByteArray text = file.readAll();
        note(text);
        return text;
    }

    /// Takes `text` for what the file says.
    std::expected<QByteArray, QByteArray> take(const QString &path, QByteArrayView text)
    {
        m_files.append(QFileInfo(path).absoluteFilePath());
        note(text);
        return text.toByteArray();
    }

    /// The `.env` files beside the configuration file `path` and in the working directory.
    void readDotEnvs(const QString &path, Environment &environment, std::vector<ConfigProblem> &problems)
    {
        const QDir directory = QFileInfo(path).absoluteDir();
        readDotEnv(directory, environment, problems);
        if (QDir::current() != directory)
            readDotEnv(QDir::current(), environment, problems);
    }

    QByteArray digest() const { return m_digest.result().toHex(); }

    ConfigReading finish(ConfigReading reading) const
    {
        reading.digest = digest();
        reading.files = m_files;
        return reading;
    }

private:
    void note(QByteArrayView text)
    {
        m_digest.addData(QByteArray::number(text.size()) + ':');
        m_digest.addData(text);
    }

    /// Adds the variables of the `.env` file in `directory`, if there is one.
    void readDotEnv(const QDir &directory, Environment &environment, std::vector<ConfigProblem> &problems)
    {
        const QString path = directory.filePath(QStringLiteral(".env"));
        if (!QFileInfo(path).isFile()) {
            m_files.append(QFileInfo(path).absoluteFilePath());
            m_digest.addData("missing");
            return;
        }
        const auto text = read(path);
        if (text)
            std::ranges::copy(mergeDotEnv(environment, *text, path.toUtf8()), std::back_inserter(problems));
        else
            problems.push_back(problemOf(path, text.error()));
    }

    QCryptographicHash m_digest{QCryptographicHash::Sha256};
    QStringList m_files;
};

/// `text` is what `files` read at `path`, or why it could not.
ConfigReading readTextOf(const QString &path, const std::expected<QByteArray, QByteArray> &text, FileReader files,
                         const Environment &environment, const ConfigDefaults &defaults)
{
    Environment variables = environment;
    std::vector<ConfigProblem> problems;
    files.readDotEnvs(path, variables, problems);
    if (path.endsWith(QLatin1StringView(".toml"), Qt::CaseInsensitive))
        return files.finish(fail(problemOf(path, "TOML is not supported; write the configuration as YAML or JSON")));
    if (!text)
        return files.finish(fail(problemOf(path, text.error())));
    ConfigReading reading = readConfigText(*text, path.toUtf8(), variables, defaults);
    if (std::ranges::any_of(problems, isError))
        reading.config.reset();
    reading.problems.insert(reading.problems.begin(), problems.begin(), problems.end());
    reading.text = SecretString(*text);
    return files.finish(std::move(reading));
}

} // namespace

ConfigReading readConfigText(QByteArrayView text, const QByteArray &fileName, const Environment &environment,
                             const ConfigDefaults &defaults)
{
    YamlReading yaml = readYaml(text, fileName);
    if (!yaml.root)
        return {.config = std::nullopt, .problems = std::move(yaml.problems)};
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
    reading.config = readSections(root, defaults);
    reading.keyUses = keyUses(context);
    for (PlacedKey &key : context.keys)
        reading.config->keychainSecrets.push_back(std::move(key.entry.secret));
    reading.problems = std::move(context.problems);
    std::ranges::stable_sort(reading.problems, {},
                             [](const ConfigProblem &problem) { return std::pair(problem.line, problem.column); });
    if (std::ranges::any_of(reading.problems, isError))
        reading.config.reset();
    return reading;
}

ConfigReading readConfigFile(const QString &path, const Environment &environment, const ConfigDefaults &defaults)
{
    FileReader files;
    const auto text = files.read(path);
    return readTextOf(path, text, std::move(files), environment, defaults);
}

ConfigReading readConfigFileWith(QByteArrayView text, const QString &path, const Environment &environment,
                                 const ConfigDefaults &defaults)
{
    FileReader files;
    const auto taken = files.take(path, text);
    return readTextOf(path, taken, std::move(files), environment, defaults);
}

std::optional<QByteArray> digestOfConfigFiles(const QString &path)
{
    FileReader files;
    if (!files.read(path))
        return std::nullopt;
    Environment variables;
    std::vector<ConfigProblem> problems;
    files.readDotEnvs(path, variables, problems);
    return files.digest();
}

std::vector<KnownKey> knownConfigKeys()
{
    std::vector<KnownKey> keys;
    const Environment environment;
    ReadingContext context{.environment = environment, .fileName = {}, .problems = {}, .knownKeys = &keys};
    SectionReader root(context, nullptr);
    readSections(root, {});
    return keys;
}

} // namespace lunargate
