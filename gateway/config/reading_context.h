// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_problem.h"
#include "gateway/config/environment.h"
#include "gateway/config/known_key.h"
#include "gateway/config/yaml_node.h"

#include <vector>

namespace lunargate {

/// Where a value comes from, for the problems that it causes.
struct Place
{
    QByteArray path;
    YamlPosition position;
    QByteArray variable = {}; ///< the environment variable that overrides the file; empty: the file itself
};

/// What all sections of one reading share.
struct ReadingContext
{
    const Environment &environment;
    QByteArray fileName;
    std::vector<ConfigProblem> problems;
    /// Errors about what must not be empty, until it is known whether it decides anything.
    std::vector<ConfigProblem> blanks = {};
    std::vector<SecretString> keychainSecrets = {}; ///< all that came from the keychain
    /// If set, nothing is read: the sections put down every key that they know, with its default.
    std::vector<KnownKey> *knownKeys = nullptr;

    void error(const Place &place, const QByteArray &message)
    {
        problems.push_back(problem(ConfigProblem::Severity::Error, place, message));
    }
    void blank(const Place &place, const QByteArray &message)
    {
        blanks.push_back(problem(ConfigProblem::Severity::Error, place, message));
    }
    void warn(const Place &place, const QByteArray &message)
    {
        problems.push_back(problem(ConfigProblem::Severity::Warning, place, message));
    }

private:
    ConfigProblem problem(ConfigProblem::Severity severity, const Place &place, const QByteArray &message) const
    {
        if (place.variable.isEmpty())
            return {severity, fileName, place.position.line, place.position.column, place.path, message};
        return {severity, "environment variable " + place.variable, 0, 0, place.path, message};
    }
};

} // namespace lunargate
