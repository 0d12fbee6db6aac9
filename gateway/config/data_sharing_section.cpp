// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/local_address.h"
#include "gateway/config/resolve_path.h"
#include "gateway/config/sections.h"

namespace lunargate {

namespace {

/// The address without the path of the collector, which is added when it is called.
void normalizeBackend(QByteArray &url)
{
    constexpr QByteArrayView collector = "/collector";
    if (url.endsWith(collector))
        url.chop(collector.size());
    while (url.endsWith('/'))
        url.chop(1);
    if (url.isEmpty())
        url = DataSharingConfig().backendUrl;
}

} // namespace

void readDataSharing(SectionReader &root, DataSharingConfig &sharing)
{
    Place place;
    Place urlPlace;
    std::vector<Place> keyPlaces;
    const std::size_t firstKey = root.context().keys.size();
    root.section("data_sharing", [&](SectionReader &section) {
        place = section.place();
        urlPlace = section.placeOf("backend_url");
        section.read("enabled", sharing.enabled);
        section.read("share_prompts", sharing.sharePrompts);
        section.read("share_responses", sharing.shareResponses);
        section.readUrl("backend_url", sharing.backendUrl);
        section.read("api_key", sharing.apiKey);
        keyPlaces.push_back(section.placeOf("api_key"));
        section.read("gateway_lat", sharing.gatewayLat);
        section.read("gateway_lon", sharing.gatewayLon);
        section.read("compress", sharing.compress);
        section.read("spool_path", sharing.spoolPath);
        section.readSize("max_spool_bytes", sharing.maxSpoolBytes, {.smallest = 1024LL * 1024});
        section.read("remote_control", sharing.remoteControl);
        if (!section.isDescribing())
            resolvePath(section.context(), sharing.spoolPath);
    });
    // Newer names for two of them.
    root.section("general", [&](SectionReader &section) {
        QByteArray backendUrl;
        section.readUrl("backend_url", backendUrl);
        section.read("api_key", sharing.apiKey);
        keyPlaces.push_back(section.placeOf("api_key"));
        if (!backendUrl.isEmpty()) {
            sharing.backendUrl = backendUrl;
            urlPlace = section.placeOf("backend_url");
        }
    });
    normalizeBackend(sharing.backendUrl);
    for (const Place &keyPlace : keyPlaces)
        root.context().sends(firstKey, keyPlace, sharing.backendUrl);
    if (!sharing.enabled && !sharing.remoteControl)
        return;
    if (sharing.apiKey.isEmpty())
        root.context().warn(place, "nothing is shared or controlled without an api_key; set data_sharing.api_key");
    if (sharing.apiKey.isEmpty() || !isReadableOnTheWay(sharing.backendUrl))
        return;
    if (sharing.enabled)
        root.context().warn(urlPlace, "plain http to another machine: on the way anybody can read api_key and all that "
                                      "is shared; use https");
    if (sharing.remoteControl)
        root.context().warn(urlPlace, "remote control will not connect: it sends api_key by plain http to this "
                                      "machine only; use https");
}

void readRemoteControl(SectionReader &root, RemoteControlConfig &remote)
{
    root.section("remote_control", [&](SectionReader &section) {
        section.read("max_concurrent", remote.maxConcurrent, {.smallest = 1});
        section.read("timeout", remote.timeout);
        section.readSize("max_request_bytes", remote.maxRequestBytes, {.smallest = 1024});
        section.readSize("max_answer_bytes", remote.maxAnswerBytes, {.smallest = 1024});
    });
}

} // namespace lunargate
