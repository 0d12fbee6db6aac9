// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command_line.h"

#include "gateway/config/expansion.h"
#include "gateway/config/origin.h"
#include "gateway/version.h"

#include <QCommandLineParser>

#include <algorithm>
#include <map>

namespace lunargate {

namespace {

using namespace Qt::StringLiterals;

struct Options
{
    QCommandLineOption config{
        {u"config"_s, u"c"_s}, u"The configuration file (default: config.yaml)."_s, u"FILE"_s, u"config.yaml"_s};
    QCommandLineOption noGui{u"no-gui"_s, u"Run without a window."_s};
    QCommandLineOption host{u"host"_s, u"Listen on this address instead of server.host."_s, u"ADDRESS"_s};
    QCommandLineOption port{u"port"_s, u"Listen on this port instead of server.port; 0: any free one."_s, u"PORT"_s};
    QCommandLineOption logLevel{u"log-level"_s,
                                u"Log from this level on instead of logging.level: trace, debug, info, warn, error, "
                                "disabled."_s,
                                u"LEVEL"_s};
    QCommandLineOption workers{u"workers"_s, u"Use this many threads instead of one per core."_s, u"N"_s};
    QCommandLineOption strict{u"strict"_s, u"With check: treat warnings as errors."_s};
    QCommandLineOption header{{u"header"_s, u"H"_s},
                              u"With explain: a header that the client would send; may be repeated."_s,
                              u"'NAME: VALUE'"_s};
    QCommandLineOption endpoint{{u"path"_s, u"endpoint"_s},
                                u"With explain: what the request is for: a path such as /v1/messages, or chat (the "
                                "default), responses, messages, ollama_chat, ollama_generate, embeddings."_s,
                                u"PATH"_s,
                                u"chat"_s};
    QCommandLineOption asJson{u"json"_s, u"With explain: print JSON."_s};
    QCommandLineOption origin{
        u"origin"_s,
        u"With keys set: the address that the key may be sent to, or any (default: that of the provider that uses it)."_s,
        u"ADDRESS"_s};
    QCommandLineOption help{{u"help"_s, u"h"_s}, u"Show this text."_s};
    QCommandLineOption showVersion{{u"version"_s, u"v"_s}, u"Show the version."_s};
};

PrintCommand usageError(const QCommandLineParser &parser, const QString &message)
{
    return {.text = u"lunargate: "_s + message + u"\n\n"_s + parser.helpText(), .exitCode = 2};
}

QString wrongValue(const QCommandLineParser &parser, const QCommandLineOption &option, const QString &expected)
{
    return u"--%1 takes %2, not '%3'"_s.arg(option.names().first(), expected, parser.value(option));
}

std::optional<int> readNumber(const QString &text, int least, int most)
{
    bool isNumber = false;
    const int number = text.toInt(&isNumber);
    return isNumber && number >= least && number <= most ? std::optional(number) : std::nullopt;
}

// The first name of a level is the one that is written.
constexpr std::pair<const char *, LogLevel> kLogLevels[] = {
    {"trace", LogLevel::Trace},     {"debug", LogLevel::Debug}, {"info", LogLevel::Info},
    {"warn", LogLevel::Warning},    {"error", LogLevel::Error}, {"disabled", LogLevel::Disabled},
    {"warning", LogLevel::Warning}, {"fatal", LogLevel::Error}, {"panic", LogLevel::Error},
};

std::optional<LogLevel> readLogLevel(const QString &text)
{
    const QByteArray name = text.trimmed().toLower().toUtf8();
    const auto *const found =
        std::ranges::find_if(kLogLevels, [&name](const auto &level) { return name == level.first; });
    return found == std::end(kLogLevels) ? std::nullopt : std::optional(found->second);
}

QString nameOf(LogLevel level)
{
    return QString::fromLatin1(std::ranges::find(kLogLevels, level, &std::pair<const char *, LogLevel>::second)->first);
}

Command readRun(const QCommandLineParser &parser, const Options &options)
{
    RunCommand run;
    run.configFile = parser.value(options.config);
    run.isConfigGiven = parser.isSet(options.config);
    run.isHeadless = parser.isSet(options.noGui);
    if (parser.isSet(options.host))
        run.host = parser.value(options.host).toUtf8();
    if (parser.isSet(options.port)) {
        run.port = readNumber(parser.value(options.port), 0, 65535);
        if (!run.port)
            return usageError(parser, wrongValue(parser, options.port, u"a number from 0 to 65535"_s));
    }
    if (parser.isSet(options.workers)) {
        run.workers = readNumber(parser.value(options.workers), 1, 256);
        if (!run.workers)
            return usageError(parser, wrongValue(parser, options.workers, u"a number from 1 to 256"_s));
    }
    if (parser.isSet(options.logLevel)) {
        run.logLevel = readLogLevel(parser.value(options.logLevel));
        if (!run.logLevel)
            return usageError(parser,
                              wrongValue(parser, options.logLevel, u"trace, debug, info, warn, error or disabled"_s));
    }
    return run;
}

Command readCheck(const QCommandLineParser &parser, const Options &options, const QStringList &positional)
{
    if (positional.size() > 2)
        return usageError(parser, u"check takes one file"_s);
    const bool isFileNamed = positional.size() == 2;
    return CheckCommand{.configFile = isFileNamed ? positional.at(1) : parser.value(options.config),
                        .isStrict = parser.isSet(options.strict)};
}

Command readKeys(const QCommandLineParser &parser, const Options &options, const QStringList &positional)
{
    using Action = KeysCommand::Action;
    static const std::map<QString, Action> kActions = {{u"set"_s, Action::Set},
                                                       {u"list"_s, Action::List},
                                                       {u"delete"_s, Action::Delete},
                                                       {u"remove"_s, Action::Delete}};
    const auto action = kActions.find(positional.value(1));
    const bool isRight = action != kActions.end() && positional.size() == (action->second == Action::List ? 2 : 3);
    if (!isRight)
        return usageError(parser, u"write `keys set NAME`, `keys list` or `keys delete NAME`"_s);
    KeysCommand keys{.action = action->second,
                     .name = positional.value(2).toUtf8(),
                     .origin = std::nullopt,
                     .configFile = parser.value(options.config)};
    if (keys.action != Action::List && !isKeyName(keys.name))
        return usageError(parser, u"the name of a key has letters, digits, dots, dashes and underscores"_s);
    if (const QString origin = parser.value(options.origin); parser.isSet(options.origin)) {
        keys.origin = origin == u"any" ? QByteArray() : originOf(origin.toUtf8());
        if (keys.origin->isEmpty() && origin != u"any")
            return usageError(
                parser, wrongValue(parser, options.origin, u"an address such as https://api.openai.com, or any"_s));
    }
    return keys;
}

Command readExplain(const QCommandLineParser &parser, const Options &options, const QStringList &positional)
{
    if (positional.size() != 2)
        return usageError(parser, u"explain takes one file with a request, or - for standard input"_s);
    const QString said = parser.value(options.endpoint);
    const auto endpoint = said == u"chat" ? ExplainedEndpoint::Chat : explainedEndpoint(said.toUtf8());
    if (!endpoint) {
        return usageError(parser, wrongValue(parser, options.endpoint,
                                             u"a path such as /v1/messages, or chat, responses, messages, ollama_chat, "
                                             "ollama_generate, embeddings"_s));
    }
    ExplainCommand explain{.requestFile = positional.at(1),
                           .configFile = parser.value(options.config),
                           .isConfigGiven = parser.isSet(options.config),
                           .endpoint = *endpoint,
                           .isJson = parser.isSet(options.asJson),
                           .headers = {}};
    for (const QString &header : parser.values(options.header)) {
        const qsizetype colon = header.indexOf(u':');
        if (colon <= 0)
            return usageError(parser, u"--header takes 'NAME: VALUE', not '%1'"_s.arg(header));
        explain.headers.emplace_back(header.first(colon).trimmed().toUtf8(),
                                     header.sliced(colon + 1).trimmed().toUtf8());
    }
    return explain;
}

} // namespace

Command readCommandLine(const QStringList &arguments)
{
    const Options options;
    QCommandLineParser parser;
    // The existing gateway takes -config as well as --config.
    parser.setSingleDashWordOptionMode(QCommandLineParser::ParseAsLongOptions);
    parser.setApplicationDescription(u"One local endpoint in front of every LLM provider."_s);
    parser.addPositionalArgument(u"check"_s, u"Check the configuration FILE without starting."_s, u"[check FILE]"_s);
    parser.addPositionalArgument(
        u"keys"_s, u"List the keys of the keychain, put one there (read from standard input), delete one."_s,
        u"[keys list|set NAME|delete NAME]"_s);
    parser.addPositionalArgument(u"explain"_s, u"Tell what would become of a REQUEST (a file with its body) and why."_s,
                                 u"[explain REQUEST]"_s);
    parser.addOptions({options.config, options.noGui, options.host, options.port, options.logLevel, options.workers,
                       options.strict, options.origin, options.header, options.endpoint, options.asJson, options.help,
                       options.showVersion});

    if (!parser.parse(arguments))
        return usageError(parser, parser.errorText());
    if (parser.isSet(options.help))
        return PrintCommand{.text = parser.helpText()};
    if (parser.isSet(options.showVersion))
        return PrintCommand{.text = u"lunargate "_s + QString::fromUtf8(version()) + u"\n"_s};
    const QStringList positional = parser.positionalArguments();
    if (positional.isEmpty())
        return readRun(parser, options);
    if (positional.first() == u"check")
        return readCheck(parser, options, positional);
    if (positional.first() == u"keys" || positional.first() == u"key") // the older name
        return readKeys(parser, options, positional);
    if (positional.first() == u"explain")
        return readExplain(parser, options, positional);
    return usageError(parser, u"there is no command '%1'"_s.arg(positional.first()));
}

QStringList argumentsOf(const RunCommand &command)
{
    QStringList arguments;
    if (command.isConfigGiven)
        arguments += {u"--config"_s, command.configFile};
    if (command.host)
        arguments += {u"--host"_s, QString::fromUtf8(*command.host)};
    if (command.port)
        arguments += {u"--port"_s, QString::number(*command.port)};
    if (command.workers)
        arguments += {u"--workers"_s, QString::number(*command.workers)};
    if (command.logLevel)
        arguments += {u"--log-level"_s, nameOf(*command.logLevel)};
    return arguments;
}

} // namespace lunargate
