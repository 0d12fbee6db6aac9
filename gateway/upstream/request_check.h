// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/upstream/transport.h"

namespace lunargate {

/// Whether `request` may go out: to an http or https URL with a host, with header fields that cannot be taken for more
/// than one. Fails with UpstreamTransport, reasons invalid_url and invalid_header.
Result<void> checkRequest(const UpstreamRequest &request);

} // namespace lunargate
