// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/config/section_reader.h"

#include <vector>

namespace lunargate {

// One function a section of the file, each in the file named after it. All read into values that hold the defaults.

/// A place that names a provider.
struct ProviderReference
{
    QByteArray id;
    Place place;
    bool wantsResponses = false; ///< upstream_request_type: responses
    bool isRequired = true;      ///< false: it might mean something else
    bool isUse = true;           ///< false: it only tells something about the provider, which may be out of work
};

/// A provider that cannot work, and why. That is an error only if something refers to it.
struct UnusableProvider
{
    QByteArray id;
    Place place;
    QByteArray reason;
};

/// A place that names a route or a client's key.
struct NameReference
{
    QByteArray name;
    Place place;
};

void readServer(SectionReader &root, ServerConfig &server);
void readUpstream(SectionReader &root, UpstreamConfig &upstream);
void readProviders(SectionReader &root, std::vector<ProviderConfig> &providers,
                   std::vector<UnusableProvider> &unusable);
void readRouting(SectionReader &root, RoutingConfig &routing, std::vector<ProviderReference> &references);
void readModelSelection(SectionReader &root, ModelSelectionConfig &selection);
void readRateLimiting(SectionReader &root, RateLimitingConfig &limiting, std::vector<NameReference> &references);
void readCaching(SectionReader &root, CachingConfig &caching);
void readStoredResponses(SectionReader &root, StoredResponsesConfig &stored);
void readRetry(SectionReader &root, RetryConfig &retry);
void readCircuitBreaker(SectionReader &root, CircuitBreakerConfig &breaker);
void readLogging(SectionReader &root, LoggingConfig &logging);
void readHistory(SectionReader &root, HistoryConfig &history);
void readSecurity(SectionReader &root, SecurityConfig &security, std::vector<NameReference> &references);
void readAdmin(SectionReader &root, AdminConfig &admin);
void readDataSharing(SectionReader &root, DataSharingConfig &sharing);
void readRemoteControl(SectionReader &root, RemoteControlConfig &remote);
void readTelemetry(SectionReader &root, TelemetryConfig &telemetry);
void readPrices(SectionReader &root, std::map<QByteArray, ModelPrices> &prices,
                std::vector<ProviderReference> &references);
/// The models of one provider with their prices. `readMore` reads what else stands beside these.
void readModelPrices(SectionReader &models, ModelPrices &prices, const SectionReader::ReadNamed &readMore);

/// The map `timeouts` of a provider, a route or a target.
void readTimeouts(SectionReader &section, TimeoutsConfig &timeouts);

} // namespace lunargate
