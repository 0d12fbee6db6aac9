// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/limits/rate_limiter.h"

#include "gateway/limits/client_address.h"

#include <algorithm>
#include <limits>

namespace lunargate {

/// A client's limits; its shard's mutex protects it, also after it was forgotten.
struct LimitedClient
{
    QByteArray identity;
    size_t shard = 0;
    LimitState state;
    TimePoint lastSeen;
};

namespace {

// How many clients are spared in a row before a place is made by force: a bound on the time under the lock.
constexpr int kMostSpared = 8;

bool limitsAnything(const LimitsConfig &limits)
{
    return limits.requestsPerMinute > 0 || limits.tokensPerMinute > 0 || limits.maxConcurrent > 0;
}

std::optional<LimitRefusal> globally(std::optional<LimitRefusal> refusal)
{
    if (refusal)
        refusal->isGlobal = true;
    return refusal;
}

qint64 capacityOf(const LimitView &view)
{
    return view.tokens.isLimited() ? view.tokens.capacity : std::numeric_limits<qint64>::max();
}

// Whoever names no length of the answer must not be refused for the gateway's guess of it.
TokenEstimate fitted(TokenEstimate estimate, const RateLimiter::Standing &standing)
{
    if (estimate.isOutputGuessed) {
        const qint64 most = std::min(capacityOf(standing.client), capacityOf(standing.global));
        estimate.output = std::min(estimate.output, std::max<qint64>(most - estimate.input, 0));
    }
    return estimate;
}

double partLeft(const BucketView &bucket)
{
    return bucket.isLimited() ? static_cast<double>(bucket.remaining) / static_cast<double>(bucket.capacity) : 1.0;
}

double partLeft(const LimitView &view)
{
    const double places = view.maxConcurrent > 0
                              ? 1.0 - static_cast<double>(view.running) / static_cast<double>(view.maxConcurrent)
                              : 1.0;
    return std::min({partLeft(view.requests), partLeft(view.tokens), places});
}

} // namespace

QByteArray limitIdentity(const Caller &caller)
{
    if (!caller.name.isEmpty())
        return caller.identity();
    return Caller{.address = networkOf(caller.address)}.identity();
}

RateLimiter::RateLimiter(const RateLimitingConfig &config, TimePoint now) : RateLimiter(config, Bounds(), now) {}

RateLimiter::RateLimiter(const RateLimitingConfig &config, Bounds bounds, TimePoint now)
    : m_bounds{.clients = bounds.clients, .shards = std::clamp<size_t>(bounds.shards, 1, kMostShards)}
{
    for (Shard &shard : m_shards)
        shard.settings = std::make_shared<const Settings>();
    apply(config, now);
}

void RateLimiter::apply(const RateLimitingConfig &config, TimePoint now)
{
    const std::scoped_lock applying(m_applyMutex);
    if (config == m_config)
        return;
    m_config = config;
    auto settings = std::make_shared<Settings>();
    if (config.enabled) {
        settings->perClient = config.perClient;
        for (const RateLimitingConfig::KeyLimits &key : config.keys)
            for (const CredentialKind kind : {CredentialKind::Key, CredentialKind::Token, CredentialKind::BuiltIn})
                settings->byIdentity.insert(Caller{.name = key.name, .kind = kind}.identity(), key.limits);
    }
    for (Shard &shard : m_shards) {
        const std::scoped_lock lock(shard.mutex);
        shard.settings = settings;
        for (const std::shared_ptr<LimitedClient> &client : shard.order)
            client->state.apply(settings->of(client->identity), now);
        while (!config.enabled && !shard.order.empty())
            shard.forgetFirst();
    }
    const LimitsConfig global = config.enabled ? config.global : LimitsConfig();
    {
        const std::scoped_lock lock(m_globalMutex);
        m_global.apply(global, now);
    }
    m_hasGlobal.store(limitsAnything(global), std::memory_order_relaxed);
    m_isOn.store(config.enabled, std::memory_order_relaxed);
}

RateLimiter::Decision RateLimiter::admit(const Caller &caller, bool isModelCall, LimitPermit &permit, TimePoint now)
{
    permit = {};
    const QByteArray identity = limitIdentity(caller);
    const size_t index = shardOf(identity);
    Shard &shard = m_shards[index];
    const LimitDemand demand{.requests = 1, .places = isModelCall ? 1 : 0};

    const std::scoped_lock lock(shard.mutex);
    std::shared_ptr<LimitedClient> client = shard.see(identity, index, clientsPerShard(), now);
    const std::unique_lock<std::mutex> global = lockGlobal();
    const bool isGlobal = global.owns_lock();
    const std::optional<LimitRefusal> refusal = check(client->state, isGlobal, demand, now);
    if (!refusal) {
        client->state.take(demand, now);
        if (isGlobal)
            m_global.take(demand, now);
    }
    Decision decision{refusal, standing(client->state, isGlobal, now)};
    if (!refusal) {
        permit.m_limiter = this;
        permit.m_client = std::move(client);
        permit.m_isModelCall = isModelCall;
        permit.m_isGlobal = isGlobal;
        permit.m_countsTokens =
            decision.standing.client.tokens.isLimited() || decision.standing.global.tokens.isLimited();
    }
    return decision;
}

RateLimiter::Decision RateLimiter::reserve(LimitPermit &permit, const TokenEstimate &estimate, TimePoint now)
{
    if (!permit.m_client)
        return {};
    LimitState &client = permit.m_client->state;
    const std::scoped_lock lock(m_shards[permit.m_client->shard].mutex);
    const bool isGlobal = permit.m_isGlobal;
    const auto global = isGlobal ? std::unique_lock(m_globalMutex) : std::unique_lock<std::mutex>();

    const TokenEstimate fitting = fitted(estimate, standing(client, isGlobal, now));
    const LimitDemand demand{.tokens = std::max<qint64>(fitting.total(), 1)};
    std::optional<LimitRefusal> refusal = check(client, isGlobal, demand, now);
    if (!refusal) {
        client.take(demand, now);
        if (isGlobal)
            m_global.take(demand, now);
        permit.m_reserved = fitting;
        permit.m_reserved.input = demand.tokens - fitting.output;
        return {refusal, standing(client, isGlobal, now)};
    }
    const LimitDemand admitted{.requests = 1, .places = permit.m_isModelCall ? 1 : 0};
    client.giveBack(admitted, now);
    if (isGlobal)
        m_global.giveBack(admitted, now);
    Decision decision{refusal, standing(client, isGlobal, now)};
    permit.m_limiter = nullptr; // it holds nothing any more
    return decision;
}

RateLimiter::Decision RateLimiter::look(const Caller &caller, bool isModelCall, const TokenEstimate &estimate,
                                        TimePoint now) const
{
    const QByteArray identity = limitIdentity(caller);
    const Shard &shard = m_shards[shardOf(identity)];
    const std::scoped_lock lock(shard.mutex);
    const auto known = shard.byIdentity.constFind(identity);
    const LimitState client =
        known == shard.byIdentity.constEnd() ? LimitState(shard.settings->of(identity), now) : (**known)->state;
    const std::unique_lock<std::mutex> global = lockGlobal();
    const bool isGlobal = global.owns_lock();
    Decision decision{{}, standing(client, isGlobal, now)};
    LimitDemand demand{.requests = 1, .places = isModelCall ? 1 : 0};
    if (isModelCall)
        demand.tokens = std::max<qint64>(fitted(estimate, decision.standing).total(), 1);
    decision.refusal = check(client, isGlobal, demand, now);
    return decision;
}

RateLimiter::Report RateLimiter::report(size_t most, TimePoint now) const
{
    Report report{.clients = 0, .bound = clientsPerShard() * m_bounds.shards, .global = {}, .scarcest = {}};
    std::vector<Report::Client> all;
    for (const Shard &shard : m_shards) {
        const std::scoped_lock lock(shard.mutex);
        for (const std::shared_ptr<LimitedClient> &client : shard.order)
            all.push_back({client->identity, client->state.view(now), now - client->lastSeen});
    }
    {
        const std::scoped_lock lock(m_globalMutex);
        report.global = m_global.view(now);
    }
    report.clients = all.size();
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(most, all.size()));
    std::partial_sort(all.begin(), end, all.end(), [](const Report::Client &a, const Report::Client &b) {
        return std::pair(partLeft(a.limits), a.identity) < std::pair(partLeft(b.limits), b.identity);
    });
    report.scarcest.assign(std::make_move_iterator(all.begin()), std::make_move_iterator(end));
    return report;
}

void RateLimiter::settle(LimitPermit &permit, qint64 tokensUsed, TimePoint now)
{
    const qint64 reserved = permit.m_reserved.total();
    if (!permit.m_isModelCall && reserved == 0)
        return;
    const LimitDemand place{.places = permit.m_isModelCall ? 1 : 0};
    // Without a reservation nothing limited its tokens, so nothing is owed either.
    const qint64 used = reserved > 0 ? tokensUsed : 0;
    const std::scoped_lock lock(m_shards[permit.m_client->shard].mutex);
    permit.m_client->state.settleTokens(reserved, used, now);
    permit.m_client->state.giveBack(place, now);
    if (!permit.m_isGlobal)
        return;
    const std::scoped_lock global(m_globalMutex);
    m_global.settleTokens(reserved, used, now);
    m_global.giveBack(place, now);
}

std::optional<LimitRefusal> RateLimiter::check(const LimitState &client, bool isGlobal, const LimitDemand &demand,
                                               TimePoint now) const
{
    std::optional<LimitRefusal> refusal = client.check(demand, now);
    return isGlobal ? worse(refusal, globally(m_global.check(demand, now))) : refusal;
}

RateLimiter::Standing RateLimiter::standing(const LimitState &client, bool isGlobal, TimePoint now) const
{
    return {.client = client.view(now), .global = isGlobal ? m_global.view(now) : LimitView()};
}

size_t RateLimiter::shardOf(const QByteArray &identity) const
{
    return qHash(identity, QHashSeed::globalSeed()) % m_bounds.shards;
}

std::unique_lock<std::mutex> RateLimiter::lockGlobal() const
{
    return m_hasGlobal.load(std::memory_order_relaxed) ? std::unique_lock(m_globalMutex)
                                                       : std::unique_lock<std::mutex>();
}

const LimitsConfig &RateLimiter::Settings::of(const QByteArray &identity) const
{
    const auto own = byIdentity.constFind(identity);
    return own == byIdentity.constEnd() ? perClient : *own;
}

std::shared_ptr<LimitedClient> RateLimiter::Shard::see(const QByteArray &identity, size_t shard, size_t bound,
                                                       TimePoint now)
{
    if (const auto known = byIdentity.constFind(identity); known != byIdentity.constEnd()) {
        order.splice(order.end(), order, *known);
        (**known)->lastSeen = now;
        return **known;
    }
    makeRoom(bound, now);
    order.push_back(std::make_shared<LimitedClient>(identity, shard, LimitState(settings->of(identity), now), now));
    byIdentity.insert(identity, std::prev(order.end()));
    return order.back();
}

// Sparing is moving to the end, so that it is asked again only after all others.
void RateLimiter::Shard::makeRoom(size_t bound, TimePoint now)
{
    for (int spared = 0; !order.empty() && spared < kMostSpared;) {
        LimitedClient &first = *order.front();
        const bool isFull = order.size() >= bound;
        if (!isFull && now - first.lastSeen < kIdleTime)
            return;
        if (!first.state.isRunning() && (isFull || first.state.isUntouched(now))) {
            forgetFirst();
            continue;
        }
        first.lastSeen = now;
        order.splice(order.end(), order, order.begin());
        ++spared;
    }
    if (order.size() >= bound)
        forgetFirst();
}

void RateLimiter::Shard::forgetFirst()
{
    byIdentity.remove(order.front()->identity);
    order.pop_front();
}

} // namespace lunargate
