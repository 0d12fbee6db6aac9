// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/clients/client.h"

namespace lunargate::ui {

// What to paste or fill in, one for each client. None holds a key.

QString pythonSnippet(const GatewayPlace &place);
QString javaScriptSnippet(const GatewayPlace &place);
QString claudeCodeSnippet(const GatewayPlace &place);
QString codexSnippet(const GatewayPlace &place);
QString cursorSnippet(const GatewayPlace &place);
QString continueSnippet(const GatewayPlace &place);
QString clineSnippet(const GatewayPlace &place);
QString zedSnippet(const GatewayPlace &place);
QString openWebUiSnippet(const GatewayPlace &place);
QString ollamaSnippet(const GatewayPlace &place);

} // namespace lunargate::ui
