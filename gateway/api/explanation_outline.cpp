// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/explanation_outline.h"

#include "gateway/api/explanation_json.h"
#include "gateway/routing/model_id.h"
#include "gateway/routing/routing_error.h"

#include <algorithm>

namespace lunargate {

namespace {

using Sections = std::vector<OutlineSection>;
using Mark = OutlineMark;

QByteArray number(auto value)
{
    return QByteArray::number(value);
}

OutlineSection requestSection(const Explanation &explanation)
{
    QByteArray text = "Request: " + explanation.endpoint + ", ";
    text += explanation.modelAsked.isEmpty() ? QByteArrayLiteral("no model") : "model " + explanation.modelAsked;
    if (const auto &requested = explanation.requested) {
        if (requested->model.isEmpty() && requested->provider.isEmpty())
            text += "; the route decides";
        else if (requested->model.isEmpty())
            text += "; the route decides, but for the provider " + requested->provider;
        else
            text += "; bound to " + ModelId{requested->provider, requested->model}.toBytes();
    }
    return {.heading = text};
}

OutlineSection selectionSection(const Explanation &explanation)
{
    if (!explanation.selection)
        return {.heading = "Model selection: none, as " + explanation.notSelected};
    const ModelSelection &selection = *explanation.selection;
    OutlineSection section{.heading = "Model selection: score " + number(selection.score) + ", tier " +
                                      selection.tier.toByteArray() + ", skill " + selection.skill};
    if (!selection.skillPattern.isEmpty())
        section.heading += " by " + selection.skillPattern;
    for (const ScorePart &part : selection.parts) {
        QByteArray points = part.counts ? '+' + number(part.weight) : QByteArrayLiteral(" 0");
        if (part.category == "input_tokens")
            points += "   " + number(selection.userBytes) + " bytes of the user's";
        else if (!part.keyword.isEmpty())
            points += "   " + quoted(part.keyword.toByteArray().replace('\n', "\\n"));
        section.rows.push_back({.name = part.category.toByteArray(), .detail = points});
    }
    return section;
}

QByteArray nameOf(const Config &config, std::size_t routeIndex)
{
    const RouteConfig &route = config.routing.routes[routeIndex];
    QByteArray name = route.name.isEmpty() ? "route " + number(qulonglong{routeIndex} + 1) : route.name;
    return name + " (line " + number(route.line) + ')';
}

OutlineSection routesSection(const RouteExplanation &routing, const Config &config)
{
    OutlineSection section{.heading = "Routes"};
    for (const PassedOverRoute &route : routing.passedOver)
        section.rows.push_back({nameOf(config, route.routeIndex), "no: " + whyPassedOver(route), Mark::PassedOver});
    if (routing.routeIndex)
        section.rows.push_back({nameOf(config, *routing.routeIndex), "matches", Mark::Chosen});
    else if (routing.preview)
        section.rows.push_back(
            {routing.preview->routeName, "no route matches, so the named provider answers", Mark::Chosen});
    return section;
}

QByteArray chanceText(const RoutePreview::Target &target)
{
    QByteArray text = number(qRound(target.chance * 1000) / 10.0) + " %";
    return target.isNext && target.chance < 1 ? text + ", next" : text;
}

/// What the circuit of a candidate says, if there is anybody to say it.
QByteArray circuitText(const Explanation &explanation, std::size_t candidate)
{
    if (candidate >= explanation.circuits.size() || explanation.circuits[candidate].outcome == "disabled")
        return {};
    const ServiceOutlook &circuit = explanation.circuits[candidate];
    return circuit.detail.isEmpty() ? "circuit " + circuit.outcome : circuit.detail;
}

QByteArray joined(const QByteArray &one, const QByteArray &other)
{
    return one.isEmpty() || other.isEmpty() ? one + other : one + "; " + other;
}

/// Of targets and fallbacks; the first of likelyPlan() is the chosen one.
void addCandidates(Sections &sections, const Explanation &explanation)
{
    const RoutePreview &preview = *explanation.routing->preview;
    const std::optional<RoutePlan> plan = likelyPlan(explanation);
    const auto markOf = [&](const Candidate &candidate) {
        const bool isFirst = plan && plan->candidates.front().isFallback == candidate.isFallback &&
                             plan->candidates.front().target == candidate.target;
        return isFirst ? Mark::Chosen : Mark::Possible;
    };
    std::size_t index = 0;
    OutlineSection targets{.heading = "Targets"};
    if (explanation.routing->routeIndex)
        targets.heading += QByteArray(", ") + strategyName(preview.strategy);
    for (const RoutePreview::Target &target : preview.targets) {
        targets.rows.push_back({.name = target.candidate.reportedModel(),
                                .detail = joined(chanceText(target), circuitText(explanation, index++)),
                                .mark = markOf(target.candidate)});
    }
    if (preview.targets.empty())
        targets.rows.push_back({preview.fallbacks.empty() ? "none" : "none: the fallbacks answer"});
    OutlineSection fallbacks{.heading = "Fallbacks, in order"};
    for (const Candidate &fallback : preview.fallbacks) {
        fallbacks.rows.push_back(
            {.name = fallback.reportedModel(), .detail = circuitText(explanation, index++), .mark = markOf(fallback)});
    }
    if (preview.fallbacks.empty())
        fallbacks.rows.push_back({"none"});
    sections.push_back(std::move(targets));
    sections.push_back(std::move(fallbacks));
}

void addLeftOut(Sections &sections, const RouteExplanation &routing, const Config &config)
{
    if (routing.leftOut.empty())
        return;
    OutlineSection section{.heading = "Left out"};
    for (const LeftOutTarget &left : routing.leftOut) {
        const RouteConfig &route = config.routing.routes[*routing.routeIndex];
        const TargetConfig &target = (left.isFallback ? route.fallback : route.targets)[left.index];
        section.rows.push_back({.name = target.provider + '/' +
                                        (target.model.isEmpty() ? QByteArrayLiteral("*") : target.model) +
                                        (left.isFallback ? " (fallback)" : ""),
                                .detail = whyLeftOut(left.reason),
                                .mark = Mark::PassedOver});
    }
    sections.push_back(std::move(section));
}

QByteArray outlookText(const ServiceOutlook &outlook)
{
    return outlook.detail.isEmpty() ? outlook.outcome : outlook.outcome + ": " + outlook.detail;
}

OutlineSection servicesSection(const Explanation &explanation)
{
    if (!explanation.cache || !explanation.limiter) {
        return {.heading = "Cache, limits, circuits: unknown, as there is no running gateway here; ask one by "
                           "POST /admin/v1/explain"};
    }
    const bool isLimited = explanation.limiter->outcome != "allowed" && explanation.limiter->outcome != "disabled";
    const bool isHit = explanation.cache->outcome == "hit";
    return {.heading = "Limits and cache",
            .rows = {{"limits", outlookText(*explanation.limiter), isLimited ? Mark::Refused : Mark::None},
                     {"cache", outlookText(*explanation.cache), isHit ? Mark::Chosen : Mark::None}}};
}

OutlineSection callSection(const Result<PlannedCall> &call)
{
    if (!call)
        return {.heading = "It cannot be sent: " + call.error().message, .mark = Mark::Refused};
    OutlineSection section{.heading = "Would be sent"};
    section.rows.push_back({.name = call->method, .detail = call->url});
    for (const QByteArray &dropped : call->droppedParams)
        section.rows.push_back({.name = dropped, .detail = "is left out: the provider cannot be told"});
    return section;
}

} // namespace

std::vector<OutlineSection> explanationOutline(const Explanation &explanation, const Config &config)
{
    Sections sections{requestSection(explanation)};
    if (explanation.requested)
        sections.push_back(selectionSection(explanation));
    if (explanation.routing) {
        sections.push_back(routesSection(*explanation.routing, config));
        if (explanation.routing->preview)
            addCandidates(sections, explanation);
        addLeftOut(sections, *explanation.routing, config);
    }
    if (!explanation.nativeOnly.isEmpty())
        sections.push_back({.heading = "Only targets that speak the client's protocol: " + explanation.nativeOnly});
    sections.push_back(servicesSection(explanation));
    if (explanation.call)
        sections.push_back(callSection(*explanation.call));
    if (const auto &error = explanation.error) {
        sections.push_back(
            {.heading = "Refused with " + number(httpStatus(*error)) + ' ' + error->reason + ": " + error->message,
             .mark = Mark::Refused});
    }
    return sections;
}

} // namespace lunargate
