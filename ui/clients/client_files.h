// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/clients/client.h"

namespace lunargate::ui {

// How each client's own configuration is pointed at the gateway: as little of the text as possible changes, and no key
// gets into it.

EditResult editClaudeCode(const QByteArray &text, const GatewayPlace &place);
EditResult editCodex(const QByteArray &text, const GatewayPlace &place);
EditResult editContinue(const QByteArray &text, const GatewayPlace &place);
EditResult editZed(const QByteArray &text, const GatewayPlace &place);

} // namespace lunargate::ui
