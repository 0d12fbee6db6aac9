// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

namespace lunargate::openai_chat {

/// `{"error":{"message":…,"type":…,"param":…,"code":…}}`, as OpenAI's clients read it.
QByteArray errorBody(const Error &error);

} // namespace lunargate::openai_chat
