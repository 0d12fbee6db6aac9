// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/editor/finding.h"
#include "ui/editor/schema_help.h"

namespace lunargate::ui {

/// Hints for the credentials that stand in the text as they are, which the keychain would keep better. What they are is
/// not said. Any thread.
std::vector<Finding> literalSecrets(const QString &text, const SchemaHelp &schema);

} // namespace lunargate::ui
