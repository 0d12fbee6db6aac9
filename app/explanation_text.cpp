// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explanation_text.h"

#include "gateway/api/explanation_json.h"
#include "gateway/routing/model_id.h"
#include "gateway/routing/routing_error.h"

#include <algorithm>

namespace lunargate {

namespace {

/// Lines of two columns below a heading.
class Table
{
public:
    void add(QByteArray left, QByteArray right) { m_rows.emplace_back(std::move(left), std::move(right)); }

    QByteArray text() const
    {
        qsizetype width = 0;
        for (const auto &[left, right] : m_rows)
            width = std::max(width, left.size());
        QByteArray text;
        for (const auto &[left, right] : m_rows)
            text += "  " + (right.isEmpty() ? left : left.leftJustified(width) + "  " + right) + '\n';
        return text;
    }

private:
    std::vector<std::pair<QByteArray, QByteArray>> m_rows;
};

QByteArray number(auto value)
{
    return QByteArray::number(value);
}

QByteArray requestText(const Explanation &explanation)
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
    return text + "\n";
}

QByteArray selectionText(const Explanation &explanation)
{
    if (!explanation.requested)
        return {};
    if (!explanation.selection)
        return "\nModel selection: none, as " + explanation.notSelected + '\n';
    const ModelSelection &selection = *explanation.selection;
    Table table;
    for (const ScorePart &part : selection.parts) {
        QByteArray points = part.counts ? '+' + number(part.weight) : QByteArrayLiteral(" 0");
        if (part.category == "input_tokens")
            points += "   " + number(selection.userBytes) + " bytes of the user's";
        else if (!part.keyword.isEmpty())
            points += "   " + quoted(part.keyword.toByteArray().replace('\n', "\\n"));
        table.add(part.category.toByteArray(), points);
    }
    QByteArray text = "\nModel selection: score " + number(selection.score) + ", tier " + selection.tier.toByteArray() +
                      ", skill " + selection.skill;
    if (!selection.skillPattern.isEmpty())
        text += " by " + selection.skillPattern;
    return text + '\n' + table.text();
}

QByteArray nameOf(const Config &config, std::size_t routeIndex)
{
    const RouteConfig &route = config.routing.routes[routeIndex];
    QByteArray name = route.name.isEmpty() ? "route " + number(qulonglong{routeIndex} + 1) : route.name;
    return name + " (line " + number(route.line) + ')';
}

QByteArray routesText(const RouteExplanation &routing, const Config &config)
{
    Table table;
    for (const PassedOverRoute &route : routing.passedOver)
        table.add(nameOf(config, route.routeIndex), "no: " + whyPassedOver(route));
    if (routing.routeIndex)
        table.add(nameOf(config, *routing.routeIndex), "matches");
    else if (routing.preview)
        table.add(routing.preview->routeName, "no route matches, so the named provider answers");
    return "\nRoutes\n" + table.text();
}

QByteArray chanceText(const RoutePreview::Target &target)
{
    QByteArray text = number(qRound(target.chance * 1000) / 10.0) + " %";
    return target.isNext && target.chance < 1 ? text + ", next" : text;
}

QByteArray targetsText(const RouteExplanation &routing, const Config &config)
{
    QByteArray text;
    if (routing.preview) {
        const RoutePreview &preview = *routing.preview;
        Table targets;
        for (const RoutePreview::Target &target : preview.targets)
            targets.add(target.candidate.reportedModel(), chanceText(target));
        text += "\nTargets";
        if (routing.routeIndex)
            text += QByteArray(", ") + strategyName(preview.strategy);
        text += '\n' + (preview.targets.empty() ? QByteArrayLiteral("  none: the fallbacks answer\n") : targets.text());
        Table fallbacks;
        for (const Candidate &fallback : preview.fallbacks)
            fallbacks.add(fallback.reportedModel(), {});
        text +=
            "\nFallbacks, in order\n" + (preview.fallbacks.empty() ? QByteArrayLiteral("  none\n") : fallbacks.text());
    }
    Table leftOut;
    for (const LeftOutTarget &left : routing.leftOut) {
        const RouteConfig &route = config.routing.routes[*routing.routeIndex];
        const TargetConfig &target = (left.isFallback ? route.fallback : route.targets)[left.index];
        leftOut.add(target.provider + '/' + (target.model.isEmpty() ? QByteArrayLiteral("*") : target.model) +
                        (left.isFallback ? " (fallback)" : ""),
                    whyLeftOut(left.reason));
    }
    return routing.leftOut.empty() ? text : text + "\nLeft out\n" + leftOut.text();
}

} // namespace

QByteArray explanationText(const Explanation &explanation, const Config &config)
{
    QByteArray text = requestText(explanation) + selectionText(explanation);
    if (explanation.routing)
        text += routesText(*explanation.routing, config) + targetsText(*explanation.routing, config);
    text += "\nCache, limits, circuits: unknown, as there is no running gateway here; ask one by "
            "POST /admin/v1/explain\n";
    if (explanation.error) {
        text += "\nRefused with " + number(httpStatus(*explanation.error)) + ' ' + explanation.error->reason + ": " +
                explanation.error->message + '\n';
    }
    return text;
}

} // namespace lunargate
