// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/setup/found_provider.h"

#include <expected>
#include <optional>

namespace lunargate::ui {

/// What the user chose.
struct SetupChoice
{
    std::vector<FoundProvider> providers = {}; ///< the first one answers requests that name no model
    std::optional<int> port = {};              ///< nothing: the file says none
};

/// A configuration that says so, with comments. Keys stand in it as variables only.
QByteArray setupText(const SetupChoice &choice);

/// Makes a configuration file for its owner alone, whole or not at all; never replaces one. On failure it tells why,
/// for people.
std::expected<void, QString> writeNewConfig(const QString &file, const QByteArray &text);

} // namespace lunargate::ui
