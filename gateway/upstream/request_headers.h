// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/header_list.h"

namespace lunargate {

/// What every request says for itself, whoever sends it: takes out what frames a body (the sender counts that), and
/// adds `Accept-Encoding: identity`, `User-Agent` and for a body `Content-Type`, where they are missing.
void completeHeaders(HeaderList &headers, bool hasBody);

} // namespace lunargate
