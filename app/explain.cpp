// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explain.h"

#include "app/load_config.h"
#include "app/print.h"
#include "gateway/api/explanation_json.h"
#include "gateway/api/explanation_text.h"
#include "gateway/api/ollama_names.h"
#include "gateway/pipeline/services.h"

#include <QFile>

#include <cstdio>

namespace lunargate {

namespace {

constexpr int kExitSent = 0;
constexpr int kExitRefused = 1;
constexpr int kExitUnusable = 2;

int unusable(const QByteArray &message)
{
    print(stderr, "lunargate: " + message + '\n');
    return kExitUnusable;
}

Result<QByteArray> readFile(const QString &name)
{
    QFile file(name);
    const bool isOpen = name == u"-" ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly);
    if (!isOpen) {
        return std::unexpected(Error{.reason = "unreadable",
                                     .message = "cannot read " + name.toUtf8() + ": " + file.errorString().toUtf8()});
    }
    return file.readAll();
}

} // namespace

int explain(const ExplainCommand &command)
{
    RunCommand source;
    source.configFile = command.configFile;
    source.isConfigGiven = command.isConfigGiven;
    source.isHeadless = true;
    LoadedConfig loaded = loadConfig(source);
    if (!loaded.reading.config) {
        for (const ConfigProblem &problem : loaded.reading.problems)
            print(stderr, problem.toText() + '\n');
        return unusable(loaded.source + " cannot be used");
    }
    const auto config = std::make_shared<const Config>(*std::move(loaded.reading.config));

    Result<QByteArray> body = readFile(command.requestFile);
    if (!body)
        return unusable(body.error().message);
    HeaderList headers;
    for (const auto &[name, value] : command.headers)
        headers.add(name, value);
    const Services services(*config);
    const Runtime runtime(config, services);
    const Result<ExplainedRequest> request =
        readExplainedRequest(*config, command.endpoint, *std::move(body), std::move(headers),
                             [&runtime](QByteArrayView name) { return api::modelMeant(runtime, name); });
    if (!request)
        return unusable(command.requestFile.toUtf8() + " is no request: " + request.error().message);

    const Explanation explanation = explainRequest(runtime, *request);
    print(stdout,
          command.isJson ? explanationJson(explanation, *config) + '\n' : explanationText(explanation, *config));
    return explanation.error ? kExitRefused : kExitSent;
}

} // namespace lunargate
