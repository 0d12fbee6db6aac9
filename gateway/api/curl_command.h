// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/history/history_record.h"

namespace lunargate {

/// A command for POSIX shells that sends the client's request to `url` again, with the key that is in
/// `$LUNARGATE_API_KEY`. Fails with NotFound (`body_not_kept`) if the history does not have its whole body.
Result<QByteArray> curlCommand(const HistoryRecord &record, const QByteArray &url);

/// Whether a header of that name was about one connection, or is set by whoever sends.
bool belongsToConnection(QByteArrayView name);

/// `text` as one word of a POSIX shell.
QByteArray shellQuoted(const QByteArray &text);

} // namespace lunargate
