// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_reader.h"

#include <QStringList>
#include <QTest>

namespace lunargate::test {

/// Reads `text` under the name c.yaml. The keys of OpenAI and Anthropic are in the environment, so that texts need not
/// name any.
inline ConfigReading readText(const QByteArray &text, std::map<QByteArray, QByteArray> variables = {})
{
    variables.insert({{"OPENAI_API_KEY", "k-openai"}, {"ANTHROPIC_API_KEY", "k-anthropic"}});
    return readConfigText(text, "c.yaml", Environment(variables));
}

/// The problems as they are shown, a line each.
inline QByteArray textOf(const std::vector<ConfigProblem> &problems)
{
    QByteArrayList lines;
    for (const ConfigProblem &problem : problems)
        lines.append(problem.toText());
    return lines.join('\n');
}

/// Reads a text that has no problems; nothing (and a failed test) if it has.
inline std::optional<Config> readClean(const QByteArray &text, const std::map<QByteArray, QByteArray> &variables = {})
{
    const ConfigReading reading = readText(text, variables);
    if (!reading.problems.empty())
        QTest::qFail(textOf(reading.problems).constData(), __FILE__, __LINE__);
    return reading.config;
}

/// A provider and a route, so that a text below them has only its own problems. Takes lines 1 and 2.
inline const QByteArray kMinimum = "providers: {openai: {api_key: k}}\n"
                                   "routing: {routes: [{name: r, targets: [{provider: openai}]}]}\n";

} // namespace lunargate::test
