// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/curl_times.h"

#include <algorithm>

namespace lunargate {

namespace {

using std::chrono::microseconds;

// Since the transfer began; 0: that far it did not get, or did not have to.
curl_off_t timeOf(CURL *handle, CURLINFO info)
{
    curl_off_t time = 0;
    return curl_easy_getinfo(handle, info, &time) == CURLE_OK ? time : 0;
}

std::optional<microseconds> between(curl_off_t begin, curl_off_t end)
{
    if (end <= 0)
        return std::nullopt;
    return microseconds(std::max<curl_off_t>(end - begin, 0));
}

} // namespace

PhaseTimes readPhaseTimes(CURL *handle, bool wentOut)
{
    const curl_off_t lookedUp = timeOf(handle, CURLINFO_NAMELOOKUP_TIME_T);
    const curl_off_t connected = timeOf(handle, CURLINFO_CONNECT_TIME_T);
    const curl_off_t agreed = timeOf(handle, CURLINFO_APPCONNECT_TIME_T);
    const curl_off_t answered = timeOf(handle, CURLINFO_STARTTRANSFER_TIME_T);
    PhaseTimes times{.firstByte = between(0, answered)};
    long connects = 0;
    curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &connects);
    if (connects == 0) { // or none came about
        times.isReused = wentOut;
        if (!wentOut)
            times.dns = between(0, lookedUp);
        return times;
    }
    times.dns = between(0, lookedUp);
    times.connect = between(lookedUp, connected);
    times.tls = between(connected, agreed);
    return times;
}

} // namespace lunargate
