// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/refresh_models.h"

#include "gateway/async/when_all.h"
#include "gateway/models/fetch_models.h"
#include "gateway/observability/logging.h"

#include <algorithm>

namespace lunargate {

namespace {

// How long a client waits for its first list. Model pickers show nothing meanwhile.
constexpr milliseconds kClientPatience = 5s;
// How long a provider may take for its whole list.
constexpr milliseconds kFetchTimeout = 15s;

TimePoint fetchDeadline(const ProviderConfig &provider)
{
    return std::min(Clock::now() + kFetchTimeout, deadlineIn(provider.timeout));
}

void logFailure(const Provider &provider, const Error &error)
{
    logEvent(providersLog(), LogLevel::Warning, "model list not fetched",
             {{"provider", provider.config().id},
              {"error", error.reason},
              {"status", error.upstreamStatus},
              {"text", error.message},
              {"detail", error.detail}});
}

// Asks the provider if it is time to, and nobody else does. `runtime` keeps the store while this runs.
Task<> fetchIfDue(std::shared_ptr<const Runtime> runtime, std::shared_ptr<const Provider> provider, Transport &network)
{
    const ProviderConfig &config = provider->config();
    std::optional<FetchedModels::Claim> claim = runtime->fetchedModels->claim(config.id, config.models.fetchTtl);
    if (!claim)
        co_return;
    Result<std::vector<ProviderModel>> models = co_await fetchModels(provider, network, fetchDeadline(config));
    if (models)
        claim->succeed(*std::move(models));
    else if (claim->fail())
        logFailure(*provider, models.error());
}

} // namespace

Task<> refreshModels(RequestContext &context)
{
    const Runtime &runtime = *context.runtime;
    const TimePoint deadline = Clock::now() + kClientPatience;
    std::vector<Task<>> outcomes;
    for (const ProviderConfig &config : runtime.config->providers) {
        std::shared_ptr<const Provider> provider = runtime.providers.find(config.id);
        if (config.models.mode != ModelsMode::Fetch || !provider)
            continue;
        context.background.start(fetchIfDue(context.runtime, std::move(provider), context.network));
        outcomes.push_back(runtime.fetchedModels->firstOutcome(config.id, deadline));
    }
    co_await whenAll(std::move(outcomes));
}

} // namespace lunargate
