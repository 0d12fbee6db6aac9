// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_record.h"
#include "ui/detail/text_block.h"

namespace lunargate::ui {

/// What client and model said, message by message, with tools and reasoning. A note if it was not kept.
TextBlocks conversationText(const HistoryRecord &record);

} // namespace lunargate::ui
