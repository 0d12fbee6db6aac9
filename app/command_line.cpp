// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command_line.h"

#include "gateway/version.h"

#include <QCommandLineParser>
#include <QRegularExpression>

#include <algorithm>

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
    QCommandLineOption endpoint{u"endpoint"_s,
                                u"With explain: what the request is for: chat (the default) or embeddings."_s,
                                u"ENDPOINT"_s, u"chat"_s};
    QCommandLineOption asJson{u"json"_s, u"With explain: print JSON."_s};
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

std::optional<LogLevel> readLogLevel(const QString &text)
{
    static const std::pair<QString, LogLevel> kLevels[] = {
        {u"trace"_s, LogLevel::Trace},  {u"debug"_s, LogLevel::Debug},     {u"info"_s, LogLevel::Info},
        {u"warn"_s, LogLevel::Warning}, {u"warning"_s, LogLevel::Warning}, {u"error"_s, LogLevel::Error},
        {u"fatal"_s, LogLevel::Error},  {u"panic"_s, LogLevel::Error},     {u"disabled"_s, LogLevel::Disabled},
    };
    const QString name = text.trimmed().toLower();
    const auto found = std::ranges::find(kLevels, name, &std::pair<QString, LogLevel>::first);
    return found == std::end(kLevels) ? std::nullopt : std::optional(found->second);
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

Command readKey(const QCommandLineParser &parser, const QStringList &positional)
{
    const QString action = positional.value(1);
    if (positional.size() != 3 || (action != u"set" && action != u"remove"))
        return usageError(parser, u"write `key set NAME` or `key remove NAME`"_s);
    static const QRegularExpression kName(u"^[A-Za-z0-9_.][A-Za-z0-9_.-]*$"_s);
    if (!kName.match(positional.at(2)).hasMatch())
        return usageError(parser, u"the name of a key has letters, digits, dots, dashes and underscores"_s);
    return KeyCommand{.action = action == u"set" ? KeyCommand::Action::Set : KeyCommand::Action::Remove,
                      .name = positional.at(2).toUtf8()};
}

Command readExplain(const QCommandLineParser &parser, const Options &options, const QStringList &positional)
{
    if (positional.size() != 2)
        return usageError(parser, u"explain takes one file with a request, or - for standard input"_s);
    const QString endpoint = parser.value(options.endpoint);
    if (endpoint != u"chat" && endpoint != u"embeddings")
        return usageError(parser, wrongValue(parser, options.endpoint, u"chat or embeddings"_s));
    ExplainCommand explain{.requestFile = positional.at(1),
                           .configFile = parser.value(options.config),
                           .isConfigGiven = parser.isSet(options.config),
                           .isEmbeddings = endpoint == u"embeddings",
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
    parser.addPositionalArgument(u"key"_s, u"Put a secret into the keychain, read from standard input, or remove it."_s,
                                 u"[key set|remove NAME]"_s);
    parser.addPositionalArgument(u"explain"_s, u"Tell what would become of a REQUEST (a file with its body) and why."_s,
                                 u"[explain REQUEST]"_s);
    parser.addOptions({options.config, options.noGui, options.host, options.port, options.logLevel, options.workers,
                       options.strict, options.header, options.endpoint, options.asJson, options.help,
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
    if (positional.first() == u"key")
        return readKey(parser, positional);
    if (positional.first() == u"explain")
        return readExplain(parser, options, positional);
    return usageError(parser, u"there is no command '%1'"_s.arg(positional.first()));
}

} // namespace lunargate
