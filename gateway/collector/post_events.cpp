// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/post_events.h"

#include "gateway/delivery/post.h"

namespace lunargate {

Task<DeliveryOutcome> postEvents(Transport &network, DataSharingConfig settings, QByteArray payload, TimePoint deadline)
{
    HeaderList headers{{"Authorization", "Bearer " + settings.apiKey.reveal()}};
    UpstreamRequest request =
        jsonPost(settings.backendUrl + "/collector", std::move(headers), std::move(payload), settings.compress);
    co_return co_await post(network, std::move(request), deadline);
}

} // namespace lunargate
