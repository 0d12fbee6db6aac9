// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/timer.h"
#include "gateway/upstream/curl_multi.h"
#include "gateway/upstream/curl_request.h"
#include "gateway/upstream/proxy_environment.h"
#include "gateway/upstream/transport.h"

#include <map>
#include <memory>
#include <vector>

namespace lunargate {

/// Has connections to providers open before somebody needs them: each gets a HEAD of the origin's root, without a key,
/// and is then kept by curl as any other. A connection alone would not do: curl never takes one that was made by
/// CURLOPT_CONNECT_ONLY for a request, nor one with unread bytes, as the session tickets after a TLS handshake are.
///
/// They are opened when a target is new. After each call a HEAD over a kept connection sees whether any is left, again
/// and again until no call came for a while; if none is, all are opened anew. What fails is told to nobody but the
/// debug log.
///
/// Belongs to the thread of its CurlMulti, which must outlive it, as the settings and proxies must.
class WarmConnections
{
public:
    struct Times
    {
        /// After a call or a look until the next look whether any is left; doubled with every failure, up to 32 times
        /// as long. Balancers close what was idle for a minute, curl after 90 s.
        std::chrono::milliseconds interval{45'000};
        /// For how long a call counts as use.
        std::chrono::milliseconds useCounts{600'000};
    };

    WarmConnections(CurlMulti &multi, const CurlSettings &settings, const ProxyEnvironment &proxies, Times times);
    ~WarmConnections();
    WarmConnections(const WarmConnections &) = delete;
    WarmConnections &operator=(const WarmConnections &) = delete;

    /// From now on these, and no others. Opens what is new among them.
    void keep(const std::vector<WarmTarget> &targets);
    /// A call goes there. Costs nothing where nothing is kept warm.
    void noteUse(const QUrl &url)
    {
        if (!m_places.empty())
            findUsed(url);
    }
    /// Some are on their way, or it looks whether any is left.
    bool isOpening() const { return !m_openings.empty(); }
    /// How often it has begun to look whether any is left.
    int looks() const { return m_looks; }

private:
    class Opening;
    struct Place
    {
        int connections = 0;
        int failures = 0;               // in a row
        TimePoint usedAt = TimePoint(); // long ago: never
        TimePoint lookAt = kNever;
    };

    void findUsed(const QUrl &url);
    void open(const QByteArray &origin, int count, bool isLook);
    void finished(Opening &opening);
    void look();
    void planLook(Place &place);
    void arm();

    CurlMulti &m_multi;
    const CurlSettings &m_settings;
    const ProxyEnvironment &m_proxies;
    const Times m_times;
    std::map<QByteArray, Place> m_places; // by origin
    std::vector<std::unique_ptr<Opening>> m_openings;
    int m_looks = 0;
    Timer m_timer;
};

} // namespace lunargate
