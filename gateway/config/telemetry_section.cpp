// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/sections.h"

#include "gateway/config/service_keys.h"

#include <QUrl>

#include <algorithm>

namespace lunargate {

namespace {

// The switch that the conventions themselves have for it: a list of words.
bool asksForLatestNames(const Environment &environment)
{
    const QByteArray words = environment.value("OTEL_SEMCONV_STABILITY_OPT_IN").value_or(QByteArray());
    return std::ranges::any_of(words.split(','),
                               [](const QByteArray &word) { return word.trimmed() == "gen_ai_latest_experimental"; });
}

// Paths are added to it, and credentials have a place of their own.
bool isPlainAddress(const QByteArray &endpoint)
{
    const QUrl url = QUrl::fromEncoded(endpoint);
    return !url.hasQuery() && !url.hasFragment() && url.userInfo(QUrl::FullyEncoded).isEmpty();
}

} // namespace

void readTelemetry(SectionReader &root, TelemetryConfig &telemetry)
{
    if (asksForLatestNames(root.context().environment))
        telemetry.genAiNames = GenAiNames::Latest;
    root.section("telemetry", [&](SectionReader &section) {
        section.readUrl("endpoint", telemetry.endpoint);
        if (!isPlainAddress(telemetry.endpoint))
            section.context().error(section.placeOf("endpoint"),
                                    "expected an address without user, query and fragment; credentials belong into "
                                    "telemetry.headers");
        const std::size_t firstKey = section.context().keys.size();
        readHeaders(section, telemetry.headers);
        section.context().sends(firstKey, section.placeOf("headers"), telemetry.endpoint);
        section.read("traces", telemetry.traces);
        section.read("metrics", telemetry.metrics);
        section.read("sample_ratio", telemetry.sampleRatio, {.smallest = 0, .largest = 1});
        section.read("content", telemetry.content);
        section.read("genai_semconv", telemetry.genAiNames);
        section.read("service_name", telemetry.serviceName, Blank::Refused);
        section.readMap("resource", telemetry.resource, SectionReader::MapKeys::AsWritten);
        section.read("metrics_interval", telemetry.metricsInterval);
        section.read("timeout", telemetry.timeout);
        section.read("compress", telemetry.compress);
    });
}

} // namespace lunargate
