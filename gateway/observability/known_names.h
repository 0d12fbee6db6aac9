// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <vector>

namespace lunargate {

struct Config;

/// The names that may become metric labels. Everything else is counted as `other`, so that no client and no provider
/// can create time series at will.
struct KnownNames
{
    std::vector<QByteArray> providers; ///< ids
    std::vector<QByteArray> models;    ///< without provider prefix
    std::vector<QByteArray> routes;
    /// Of clients' keys; not empty if clients must show a key or token.
    std::vector<QByteArray> callers = {};
};

/// The names that `config` speaks of. Whoever fetches model lists from providers may add to `models`.
KnownNames knownNames(const Config &config);

} // namespace lunargate
