// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keys/key_tester.h"

#include "gateway/config/origin.h"
#include "gateway/config/provider_presets.h"
#include "gateway/config/secret_names.h"
#include "gateway/providers/provider_registry.h"
#include "gateway/upstream/curl_transport.h"

#include <algorithm>
#include <ranges>

namespace lunargate {

namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 20s;

KeyVerdict verdictOf(const Error &error, Protocol protocol)
{
    using Kind = KeyVerdict::Kind;
    if (error.kind == ErrorKind::UpstreamTransport || error.kind == ErrorKind::UpstreamTimeout)
        return {.kind = Kind::Unreachable, .detail = error.message};
    if (error.kind != ErrorKind::UpstreamStatus)
        return {.kind = Kind::Unclear, .detail = error.message};
    const int status = error.upstreamStatus;
    // Gemini answers a wrong key with 400 INVALID_ARGUMENT. The service's own words may have parts of the key.
    const bool isRejected = status == 401 || status == 403 || (status == 400 && protocol == Protocol::Gemini);
    return {.kind = isRejected ? Kind::Rejected : Kind::Unclear, .status = status};
}

/// Whether a header or the query seems to carry a key, which the configuration wrote there.
bool hasOtherKey(const ProviderConfig &service)
{
    return std::ranges::any_of(service.headers | std::views::keys, namesSecret) ||
           std::ranges::any_of(service.query | std::views::keys, namesSecret);
}

Task<Result<std::vector<ProviderModel>>> listModels(ProviderConfig service, Transport &network, TimePoint deadline)
{
    const ProviderRegistry registry(std::vector<ProviderConfig>{service});
    co_return co_await fetchModels(registry.find(service.id), network, deadline);
}

} // namespace

std::optional<ProviderConfig> serviceOfKey(const KeyRow &key, const std::vector<ProviderConfig> &providers)
{
    const auto fits = [&key](const ProviderConfig &provider) {
        return key.origin.isEmpty() || originOf(provider.baseUrl) == key.origin;
    };
    for (const ProviderConfig &provider : providers) {
        if (key.users.contains(provider.id) && fits(provider))
            return provider;
    }
    if (key.origin.isEmpty())
        return std::nullopt;
    for (const ProviderPreset &preset : providerPresets()) {
        if (fits(preset.defaults))
            return preset.defaults;
    }
    ProviderConfig compatible;
    compatible.baseUrl = key.origin + "/v1";
    return compatible;
}

KeyTester::KeyTester() : m_network(std::make_unique<CurlTransport>()) {}

KeyTester::~KeyTester() = default;

Task<KeyVerdict> KeyTester::test(ProviderConfig service, KeychainEntry entry)
{
    using Kind = KeyVerdict::Kind;
    if (!entry.origin.isEmpty() && originOf(service.baseUrl) != entry.origin)
        co_return KeyVerdict{.detail = "the key belongs to " + entry.origin};
    if (service.id.isEmpty())
        service.id = originOf(service.baseUrl);
    if (service.auth.scheme == KeyScheme::None)
        co_return KeyVerdict{.detail = "the configuration has it called without a key (auth.scheme)"};
    const TimePoint deadline = Clock::now() + kPatience;
    // Who lists models for everybody, or for a key elsewhere in the configuration, says nothing of this one.
    service.apiKey = {};
    const Result<std::vector<ProviderModel>> withoutKey = co_await listModels(service, *m_network, deadline);
    if (withoutKey)
        co_return KeyVerdict{.detail = "it lists its models without this key, too"};
    if (const KeyVerdict verdict = verdictOf(withoutKey.error(), service.protocol); verdict.kind == Kind::Unreachable)
        co_return verdict;
    service.apiKey = std::move(entry.secret);
    const Result<std::vector<ProviderModel>> models = co_await listModels(service, *m_network, deadline);
    if (!models) {
        const KeyVerdict verdict = verdictOf(models.error(), service.protocol);
        if (verdict.kind == Kind::Rejected && hasOtherKey(service))
            co_return KeyVerdict{.detail = "it refused this key or the one in `headers` or `query`"};
        co_return verdict;
    }
    co_return KeyVerdict{.kind = Kind::Accepted, .status = 200, .models = static_cast<qsizetype>(models->size())};
}

} // namespace lunargate
