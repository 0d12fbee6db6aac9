// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/warm_connections.h"

#include "gateway/config/origin.h"

#include <QLoggingCategory>

#include <algorithm>

namespace lunargate {

namespace {

Q_LOGGING_CATEGORY(log, "lunargate.upstream")

constexpr std::chrono::milliseconds kConnectTimeout{10'000};
constexpr long kWholeSeconds = 15;
constexpr int kMostDoublings = 5;

struct FreeHandle
{
    void operator()(CURL *handle) const { curl_easy_cleanup(handle); }
};

UpstreamRequest requestTo(const QByteArray &origin)
{
    // As streams go, over HTTP/1.1: those may not take a connection with HTTP/2, while all others may take this one.
    return {.method = "HEAD",
            .url = QUrl::fromEncoded(origin + '/'),
            .headers = {},
            .body = {},
            .connectTimeout = kConnectTimeout,
            .isStream = true};
}

size_t ignore(const char *, size_t one, size_t size, void *)
{
    return one * size;
}

} // namespace

/// One connection on its way, or a look whether one is left.
class WarmConnections::Opening : private CurlTransfer
{
public:
    Opening(WarmConnections &owner, QByteArray origin, bool isLook)
        : m_owner(owner),
          m_origin(std::move(origin)),
          m_isLook(isLook),
          m_request(requestTo(m_origin)),
          m_handle(curl_easy_init())
    {
    }
    ~Opening() override
    {
        m_owner.m_multi.forget(*this);
        if (m_isRunning)
            m_owner.m_multi.stop(m_handle.get());
    }

    void start(const QNetworkProxy &proxy)
    {
        CURLcode code = CURLE_OUT_OF_MEMORY;
        if (m_handle)
            code = m_request.apply(m_handle.get(), m_owner.m_settings, proxy);
        if (code != CURLE_OK) {
            onDone(code);
            return;
        }
        curl_easy_setopt(m_handle.get(), CURLOPT_WRITEFUNCTION, &ignore);
        curl_easy_setopt(m_handle.get(), CURLOPT_TIMEOUT, kWholeSeconds);
        curl_easy_setopt(m_handle.get(), CURLOPT_FRESH_CONNECT, m_isLook ? 0L : 1L);
        m_isRunning = true;
        m_owner.m_multi.start(m_handle.get(), *this);
    }

    const QByteArray &origin() const { return m_origin; }
    bool isLook() const { return m_isLook; }
    /// Whatever the answer says.
    bool hasConnection() const { return m_code == CURLE_OK; }
    /// It is a new one.
    bool hasConnected() const { return m_hasConnected; }
    CURLcode code() const { return m_code; }

private:
    void onDone(CURLcode code) override
    {
        m_isRunning = false;
        m_code = code;
        long connects = 0;
        if (m_handle)
            curl_easy_getinfo(m_handle.get(), CURLINFO_NUM_CONNECTS, &connects);
        m_hasConnected = connects > 0;
        m_owner.m_multi.tellLater(*this);
    }
    void onChanged() override { m_owner.finished(*this); }

    WarmConnections &m_owner;
    const QByteArray m_origin;
    const bool m_isLook;
    CurlRequest m_request; // curl points into it
    std::unique_ptr<CURL, FreeHandle> m_handle;
    bool m_isRunning = false;
    bool m_hasConnected = false;
    CURLcode m_code = CURLE_OK;
};

WarmConnections::WarmConnections(CurlMulti &multi, const CurlSettings &settings, const ProxyEnvironment &proxies,
                                 Times times)
    : m_multi(multi), m_settings(settings), m_proxies(proxies), m_times(times), m_timer([this] { look(); })
{
}

WarmConnections::~WarmConnections() = default;

void WarmConnections::keep(const std::vector<WarmTarget> &targets)
{
    const std::map<QByteArray, Place> before = std::exchange(m_places, {});
    for (const WarmTarget &target : targets) {
        const QByteArray origin = originOf(target.url.toEncoded());
        if (origin.isEmpty() || target.connections <= 0)
            continue;
        const auto known = before.find(origin);
        const auto [position, isFirst] = m_places.try_emplace(origin, known == before.end() ? Place() : known->second);
        int &connections = position->second.connections;
        connections = isFirst ? target.connections : std::max(connections, target.connections);
    }
    for (auto &[origin, place] : m_places) {
        const auto known = before.find(origin);
        const int had = known == before.end() ? 0 : known->second.connections;
        if (place.connections > had)
            open(origin, place.connections - had, false);
    }
    arm();
}

void WarmConnections::findUsed(const QUrl &url)
{
    const auto found = m_places.find(originOf(url.toEncoded()));
    if (found == m_places.end())
        return;
    Place &place = found->second;
    place.usedAt = Clock::now();
    if (place.lookAt != kNever)
        return;
    planLook(place);
    arm();
}

void WarmConnections::open(const QByteArray &origin, int count, bool isLook)
{
    const auto proxy = m_proxies.proxyFor(QUrl::fromEncoded(origin));
    if (!proxy)
        return; // the calls tell of it
    for (int i = 0; i < count; ++i) {
        m_openings.push_back(std::make_unique<Opening>(*this, origin, isLook));
        m_openings.back()->start(*proxy);
    }
}

void WarmConnections::finished(Opening &opening)
{
    const auto position = std::ranges::find(m_openings, &opening, &std::unique_ptr<Opening>::get);
    const std::unique_ptr<Opening> ended = std::move(*position);
    m_openings.erase(position);
    const auto found = m_places.find(ended->origin());
    if (found == m_places.end())
        return;
    Place &place = found->second;
    if (!ended->hasConnection()) {
        place.failures = ended->isLook() ? std::min(place.failures + 1, kMostDoublings) : std::max(place.failures, 1);
        qCDebug(log).noquote() << "no warm connection to" << ended->origin() << '-'
                               << curl_easy_strerror(ended->code());
        return;
    }
    place.failures = 0;
    if (ended->isLook() && ended->hasConnected()) // so none was left
        open(ended->origin(), place.connections - 1, false);
}

// Where nobody goes any more nothing is opened, and nothing is looked at before the next call.
void WarmConnections::look()
{
    const TimePoint now = Clock::now();
    for (auto &[origin, place] : m_places) {
        if (place.lookAt > now)
            continue;
        place.lookAt = kNever;
        if (now - place.usedAt > m_times.useCounts)
            continue;
        if (const TimePoint quiet = place.usedAt + m_times.interval; quiet > now) { // a call is a look, too
            place.lookAt = quiet;
            continue;
        }
        planLook(place);
        ++m_looks;
        open(origin, 1, true);
    }
    arm();
}

void WarmConnections::planLook(Place &place)
{
    place.lookAt = Clock::now() + m_times.interval * (1 << place.failures);
}

void WarmConnections::arm()
{
    TimePoint next = kNever;
    for (const auto &[origin, place] : m_places)
        next = std::min(next, place.lookAt);
    m_timer.start(next);
}

} // namespace lunargate
