// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/event_tags.h"

#include "gateway/config/masked_url.h"
#include "gateway/observability/redaction.h"

#include <QLocale>

#include <algorithm>

namespace lunargate {

namespace {

constexpr qsizetype kLongestTag = 256;

bool isPersonal(const QByteArray &name)
{
    static constexpr QByteArrayView kNames[] = {"x-lunargate-user", "x-lunargate-sessionid", "x-lunargate-client-lat",
                                                "x-lunargate-client-lon"};
    return std::ranges::find(kNames, QByteArrayView(name)) != std::end(kNames);
}

// A model or route that was not used is any text of the client's.
bool isNameInUse(const QByteArray &name, const QByteArray &value, const CollectedRequest &request)
{
    if (name == "x-lunargate-route")
        return value == request.record.route;
    if (name != "x-lunargate-model")
        return true;
    return std::ranges::any_of(request.targets, [&value](const CollectedTarget &target) {
        return value == target.model || value == target.provider + '/' + target.model;
    });
}

void addNumber(HeaderList &tags, const char *name, std::optional<double> number)
{
    if (number)
        tags.add(name, tagText(*number));
}

} // namespace

QByteArray tagText(double number)
{
    return QByteArray::number(number, 'f', QLocale::FloatingPointShortest);
}

InferenceParameters usedParameters(const CollectedRequest &request)
{
    const CollectedTarget *target = request.target();
    return target ? request.asked.orElse(target->defaults) : request.asked;
}

HeaderList eventTags(const CollectedRequest &request, Sharing shared)
{
    HeaderList tags;
    for (const auto &[name, value] : request.routing) {
        if (!shared.isMetricsOnly() || (!isPersonal(name) && isNameInUse(name, value, request)))
            tags.add(name, redacted(value).left(kLongestTag));
    }
    const CollectedTarget *target = request.target();
    if (target) {
        tags.add("x-lunargate-resolved-provider", target->provider);
        tags.add("x-lunargate-resolved-model", target->provider + '/' + redacted(target->model).left(kLongestTag));
    }
    tags.add("x-lunargate-request-stream", request.record.stream ? "true" : "false");
    if (target && !target->baseUrl.isEmpty() && !shared.isMetricsOnly())
        tags.add("x-lunargate-upstream-base-url", redacted(maskedUrl(target->baseUrl)));
    const InferenceParameters used = usedParameters(request);
    addNumber(tags, "x-lunargate-inference-temperature", used.temperature);
    addNumber(tags, "x-lunargate-inference-top-p", used.topP);
    addNumber(tags, "x-lunargate-inference-top-k", used.topK);
    if (request.record.cost)
        tags.add("x-lunargate-cost-source", nameOf(request.record.cost->source));
    return tags;
}

} // namespace lunargate
