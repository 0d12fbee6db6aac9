// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_problem.h"
#include "gateway/config/environment.h"
#include "gateway/config/known_key.h"
#include "gateway/config/yaml_node.h"
#include "gateway/security/keychain_entry.h"

#include <map>
#include <optional>
#include <span>
#include <vector>

namespace lunargate {

/// Where a value comes from, for the problems that it causes.
struct Place
{
    QByteArray path;
    YamlPosition position;
    QByteArray variable = {}; ///< the environment variable that overrides the file; empty: the file itself
};

/// A key of the keychain, where it stands, and what for.
struct PlacedKey
{
    QByteArray name;
    KeychainEntry entry; ///< empty if it could not be had
    Place place;
    QByteArray provider = {};               ///< whose credential it is; empty: it is none of a provider's
    std::optional<QByteArray> address = {}; ///< that it is sent to, perhaps empty: none; nothing: nobody knows
};

/// What all sections of one reading share.
struct ReadingContext
{
    const Environment &environment;
    QByteArray fileName;
    std::vector<ConfigProblem> problems;
    /// Errors about what must not be empty, until it is known whether it decides anything.
    std::vector<ConfigProblem> blanks = {};
    std::vector<PlacedKey> keys = {};                ///< all that were asked of the keychain
    std::map<QByteArray, QByteArray> addresses = {}; ///< of the providers, by id
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

    /// Of `keys`, without the first so many, those at `place` and below are sent to `address` (empty: to nobody), as a
    /// credential of `provider`.
    void sends(std::size_t first, const Place &place, const QByteArray &address, const QByteArray &provider = {})
    {
        for (PlacedKey &key : std::span(keys).subspan(first)) {
            const QByteArray &path = key.place.path;
            if (path == place.path || path.startsWith(place.path + '.') || path.startsWith(place.path + '[')) {
                key.address = address;
                key.provider = provider;
            }
        }
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
