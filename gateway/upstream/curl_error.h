// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/upstream/call_error.h"

#include <curl/curl.h>

namespace lunargate {

/// What libcurl tells of a call that broke.
struct CurlFailure
{
    CURLcode code = CURLE_OK;
    QByteArray text; ///< the error buffer; may be empty
    bool usesProxy = false;
    long proxyStatus = 0; ///< what the proxy answered to CONNECT; 0: nothing
};

/// The failure that `failure` means at that phase. CURLE_OK stands for an answer that ended without a head.
Error curlError(const CallFacts &facts, const CurlFailure &failure);

} // namespace lunargate
