// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lunargate {

struct RequestRecord;

/// Writes the one line (level info, category `access`) that tells what became of a request. No body, no header, no
/// query; what the client chose is cut to a bounded length. To be called once a request, when it is over. Any thread.
void logAccess(const RequestRecord &record);

} // namespace lunargate
