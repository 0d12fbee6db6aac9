// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/openai/request_edit.h"

namespace lunargate::openai {

/// Changes the messages of a call to what the service takes.
void adaptMessages(RequestEdit &edit);

/// The id of a tool call for a service whose ids have exactly `length` letters and digits: `id` itself if it is one,
/// the same other one for the same id otherwise.
QByteArray fittingToolCallId(const QByteArray &id, int length);

} // namespace lunargate::openai
