// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/clients/edit_result.h"

namespace lunargate::ui {

/// Puts a model called LunarGate into the list of models of Continue's config.yaml, with the base URL `apiBase`; one of
/// that name which is there gets the address only. Every other byte stays.
EditResult setContinueModel(const QByteArray &text, const QByteArray &apiBase, const QByteArray &apiKey);

} // namespace lunargate::ui
