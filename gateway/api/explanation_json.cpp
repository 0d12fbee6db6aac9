// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/explanation_json.h"

#include "gateway/config/enum_names.h"
#include "gateway/json/text_writer.h"

#include <utility>

namespace lunargate {

namespace {

using json::TextWriter;

const char *reasonName(PassedOverRoute::Reason reason)
{
    switch (reason) {
    case PassedOverRoute::Reason::NoTargets:
        return "no_targets";
    case PassedOverRoute::Reason::Name:
        return "name";
    case PassedOverRoute::Reason::Path:
        return "path";
    case PassedOverRoute::Reason::Header:
        return "header";
    }
    Q_UNREACHABLE_RETURN("");
}

const char *reasonName(LeftOutTarget::Reason reason)
{
    switch (reason) {
    case LeftOutTarget::Reason::OtherProvider:
        return "other_provider";
    case LeftOutTarget::Reason::OtherModel:
        return "other_model";
    case LeftOutTarget::Reason::NamedElsewhere:
        return "named_elsewhere";
    case LeftOutTarget::Reason::Drained:
        return "drained";
    case LeftOutTarget::Reason::NoModel:
        return "no_model";
    case LeftOutTarget::Reason::Repeated:
        return "repeated";
    case LeftOutTarget::Reason::NotAllowed:
        return "not_allowed";
    case LeftOutTarget::Reason::OtherProtocol:
        return "other_protocol";
    }
    Q_UNREACHABLE_RETURN("");
}

/// null instead of an empty text.
void member(TextWriter &json, QByteArrayView name, QByteArrayView text)
{
    json.key(name);
    if (text.isEmpty())
        json.null();
    else
        json.string(text);
}

void appendAsked(TextWriter &json, const Explanation &explanation)
{
    json.key("request").beginObject();
    member(json, "model", explanation.modelAsked);
    if (const auto &requested = explanation.requested) {
        member(json, "resolved_model", requested->name);
        member(json, "binding_provider", requested->provider);
        member(json, "binding_model", requested->model);
    }
    json.endObject();
}

void appendSelection(TextWriter &json, const Explanation &explanation)
{
    json.key("model_selection").beginObject().member("applies", explanation.selection.has_value());
    if (!explanation.selection) {
        member(json, "why_not", explanation.notSelected);
        json.endObject();
        return;
    }
    const ModelSelection &selection = *explanation.selection;
    json.member("user_bytes", selection.userBytes).member("score", selection.score);
    json.key("categories").beginArray();
    for (const ScorePart &part : selection.parts) {
        json.beginObject().member("name", part.category).member("weight", part.weight);
        json.member("points", part.counts ? part.weight : 0);
        member(json, "keyword", part.keyword);
        json.endObject();
    }
    json.endArray().member("tier", selection.tier).member("skill", selection.skill);
    member(json, "pattern", selection.skillPattern);
    json.key("headers").beginObject();
    for (const HeaderList::Field &field : explanation.selectionHeaders)
        json.member(field.name, field.value);
    json.endObject().endObject();
}

void appendRouteName(TextWriter &json, const Config &config, std::size_t index)
{
    const RouteConfig &route = config.routing.routes[index];
    json.member("name", route.name).member("index", index).member("line", route.line);
}

void appendPassedOver(TextWriter &json, const RouteExplanation &routing, const Config &config)
{
    json.key("passed_over").beginArray();
    for (const PassedOverRoute &route : routing.passedOver) {
        json.beginObject();
        appendRouteName(json, config, route.routeIndex);
        json.member("reason", reasonName(route.reason));
        if (route.reason == PassedOverRoute::Reason::Header)
            json.member("header", route.header);
        if (route.reason != PassedOverRoute::Reason::NoTargets) {
            member(json, "wanted", route.wanted);
            member(json, "found", route.found);
        }
        json.member("detail", whyPassedOver(route)).endObject();
    }
    json.endArray();
}

void appendOutlook(TextWriter &json, QByteArrayView name, const std::optional<ServiceOutlook> &outlook)
{
    json.key(name).beginObject();
    json.member("outcome", outlook ? outlook->outcome : QByteArrayLiteral("unknown"));
    member(json, "detail", outlook ? QByteArrayView(outlook->detail) : "there is no running gateway here");
    json.endObject();
}

void appendCandidate(TextWriter &json, const Candidate &candidate)
{
    json.member("provider", candidate.providerId).member("model", candidate.model);
    if (candidate.target)
        json.member("index", candidate.targetIndex).member("line", candidate.target->line);
}

std::optional<ServiceOutlook> circuitOf(const Explanation &explanation, std::size_t candidate)
{
    return candidate < explanation.circuits.size() ? std::optional(explanation.circuits[candidate]) : std::nullopt;
}

void appendPreview(TextWriter &json, const Explanation &explanation, const RoutePreview &preview)
{
    const bool isDirect = !explanation.routing->routeIndex;
    member(json, "strategy", isDirect ? "" : strategyName(preview.strategy));
    json.key("targets").beginArray();
    std::size_t candidate = 0;
    for (const RoutePreview::Target &target : preview.targets) {
        json.beginObject();
        appendCandidate(json, target.candidate);
        if (target.candidate.target)
            json.member("weight", target.candidate.target->weight);
        json.member("probability", target.chance).member("next", target.isNext);
        appendOutlook(json, "circuit", circuitOf(explanation, candidate++));
        json.endObject();
    }
    json.endArray().key("fallbacks").beginArray();
    for (const Candidate &fallback : preview.fallbacks) {
        json.beginObject();
        appendCandidate(json, fallback);
        appendOutlook(json, "circuit", circuitOf(explanation, candidate++));
        json.endObject();
    }
    json.endArray();
}

void appendLeftOut(TextWriter &json, const RouteExplanation &routing, const Config &config)
{
    json.key("left_out").beginArray();
    for (const LeftOutTarget &leftOut : routing.leftOut) {
        const RouteConfig &route = config.routing.routes[*routing.routeIndex];
        const TargetConfig &target = (leftOut.isFallback ? route.fallback : route.targets)[leftOut.index];
        json.beginObject().member("provider", target.provider);
        member(json, "model", target.model);
        json.member("fallback", leftOut.isFallback).member("index", leftOut.index).member("line", target.line);
        json.member("reason", reasonName(leftOut.reason)).member("detail", whyLeftOut(leftOut.reason)).endObject();
    }
    json.endArray();
}

void appendRouting(TextWriter &json, const Explanation &explanation, const Config &config)
{
    const RouteExplanation &routing = *explanation.routing;
    json.key("route");
    if (routing.routeIndex) {
        json.beginObject();
        appendRouteName(json, config, *routing.routeIndex);
        json.endObject();
    } else if (routing.preview) {
        json.beginObject().member("name", routing.preview->routeName).endObject();
    } else {
        json.null();
    }
    appendPassedOver(json, routing, config);
    if (routing.preview)
        appendPreview(json, explanation, *routing.preview);
    appendLeftOut(json, routing, config);
}

void appendError(TextWriter &json, const std::optional<Error> &error)
{
    json.key("error");
    if (!error) {
        json.null();
        return;
    }
    json.beginObject().member("status", httpStatus(*error)).member("type", errorType(*error));
    member(json, "code", errorCode(*error));
    member(json, "param", error->param);
    json.member("message", error->message).endObject();
}

} // namespace

const char *strategyName(Strategy strategy)
{
    for (const NamedValue &name : namesOf(strategy)) {
        if (name.value == std::to_underlying(strategy))
            return name.name;
    }
    Q_UNREACHABLE_RETURN("");
}

QByteArray explanationJson(const Explanation &explanation, const Config &config)
{
    TextWriter json;
    json.beginObject().member("object", "lunargate.explanation").member("endpoint", explanation.endpoint);
    appendAsked(json, explanation);
    appendSelection(json, explanation);
    if (explanation.routing)
        appendRouting(json, explanation, config);
    member(json, "native_only", explanation.nativeOnly);
    appendOutlook(json, "cache", explanation.cache);
    appendOutlook(json, "limiter", explanation.limiter);
    appendError(json, explanation.error);
    json.endObject();
    return std::move(json).text();
}

} // namespace lunargate
