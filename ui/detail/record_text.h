// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_record.h"
#include "ui/detail/text_block.h"

namespace lunargate::ui {

/// What went one way, or null if it was not kept.
const HistoryMessage *messageOf(const HistoryRecord &record, HistoryPart part);
/// Says why there is nothing to see, and what to do.
TextBlock bodiesNotKept();

/// The facts of a request, and its body as client and provider have it.
TextBlocks requestText(const HistoryRecord &record);
/// The answer's body, likewise.
TextBlocks responseText(const HistoryRecord &record);
TextBlocks headersText(const HistoryRecord &record);
/// The whole record as the admin API tells it.
TextBlocks rawText(const HistoryRecord &record);

} // namespace lunargate::ui
