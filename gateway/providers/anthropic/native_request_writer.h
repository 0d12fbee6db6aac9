// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/native_request.h"
#include "gateway/config/config.h"

namespace lunargate::anthropic {

/// A request of a client that speaks the Messages protocol itself, as it is sent.
struct NativeBody
{
    QByteArray body;
    std::vector<QByteArray> droppedParams = {};
};

/// The client's bytes but for the `model` (empty: as it is), what the configuration sets where the client says nothing,
/// and thoughts of other providers (see CarriedThought), which Anthropic would refuse.
NativeBody writeNativeRequest(const NativeRequest &request, const QByteArray &model, const ProviderConfig &provider);

/// The same for counting its tokens, to which no such settings belong.
NativeBody writeNativeCount(const NativeRequest &request, const QByteArray &model);

} // namespace lunargate::anthropic
