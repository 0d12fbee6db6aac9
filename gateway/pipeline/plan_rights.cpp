// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/plan_rights.h"

#include "gateway/routing/model_id.h"
#include "gateway/routing/routing_error.h"
#include "gateway/routing/target_choice.h"

#include <algorithm>
#include <iterator>

namespace lunargate {

namespace {

std::unexpected<Error> refusal(const char *reason, const QByteArray &message)
{
    return std::unexpected(Error{.kind = ErrorKind::Forbidden, .reason = reason, .message = message});
}

QByteArray listed(const std::vector<ModelPattern> &models)
{
    std::vector<QByteArray> texts;
    std::ranges::transform(models, std::back_inserter(texts), &ModelPattern::text);
    return lunargate::listed(texts);
}

bool hasRouteFor(const CallerRights &rights, const Config &config, const RequestedModel &model)
{
    return std::ranges::any_of(config.routing.routes, [&](const RouteConfig &route) {
        return rights.allowsRoute(route.name) && servingTargets(config, route, model).has_value();
    });
}

} // namespace

bool isAllowed(const Caller &caller, const Candidate &candidate)
{
    return !caller.rights || caller.rights->allowsModel(candidate.providerId, candidate.model);
}

bool isAllowed(const Caller &caller, const Runtime &runtime, const ModelEntry &model)
{
    if (!caller.rights || isAutoModel(model.id))
        return true;
    const CallerRights &rights = *caller.rights;
    if (rights.routes.empty() && rights.models.empty())
        return true;
    const Result<RequestedModel> meant = runtime.router.requestedModel({}, model.id); // aliases mean another
    return meant && rights.allowsModel(meant->provider, meant->model) &&
           (rights.routes.empty() || hasRouteFor(rights, *runtime.config, *meant));
}

Result<void> checkRights(const Caller &caller, const RoutePlan &plan)
{
    if (!caller.rights)
        return {};
    const CallerRights &rights = *caller.rights;
    if (!rights.allowsRoute(plan.routeName))
        return refusal("route_not_allowed", "this key may not use the route " + quoted(plan.routeName) +
                                                "; it may use: " + listed(rights.routes));
    if (!isAllowed(caller, plan.candidates.front()))
        return refusal("model_not_allowed", "this key may not use the model " +
                                                quoted(plan.candidates.front().reportedModel()) +
                                                "; it may use: " + listed(rights.models));
    return {};
}

} // namespace lunargate
