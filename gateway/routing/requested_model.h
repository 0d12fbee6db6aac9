// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

#include <QByteArray>
#include <QByteArrayView>

namespace lunargate {

struct Config;
class HeaderList;

/// What the client asked for once headers, aliases and `lunargate/auto` are resolved. It binds the choice of a target.
struct RequestedModel
{
    QByteArray provider; ///< a configured provider's id; empty: any
    QByteArray model;    ///< as the provider knows it; empty: the route decides
    /// The client's wish as routes can match on it: as `model`, but also there when the configuration overrides it.
    QByteArray name;
    QByteArray providerParam; ///< where the provider came from: `model` or a header's name
    QByteArray modelParam;    ///< likewise for the model

    /// Whether the client insists on a provider, so that no other one may answer, not even as a fallback.
    bool isPinned() const { return !provider.isEmpty(); }
};

/// Reads `X-LunarGate-Model` (wins over the body's model), `X-LunarGate-Provider` and the body's model.
/// Aliases are resolved once, first; what stands in brackets at the end of a name (`[1m]`) is left out if the name is
/// neither an alias nor configured with it. `lunargate/auto` and a blank name leave the model to the route; the
/// provider header `lunargate` means no provider. With `model_selection.override_user_model` (if model selection is
/// enabled) the client's model does not bind, but a provider header still does. Fails with InvalidRequest:
/// `unknown_provider`, or `provider_not_in_route` when header and model contradict each other.
Result<RequestedModel> resolveRequestedModel(const Config &config, const HeaderList &headers, QByteArrayView bodyModel);

} // namespace lunargate
