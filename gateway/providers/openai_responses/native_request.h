// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/native_request.h"
#include "gateway/providers/openai_responses/request_writer.h"

namespace lunargate::openai_responses {

/// Whether a member that the client leaves out gets the configuration's value.
enum class OwnDefaults { Set, LeftOut };

/// The body for a client that speaks this protocol itself: its own bytes but for the model and what the configuration
/// changes. `modelAsked`: what stands in them. Fails with InvalidRequest if the service refuses a parameter that the
/// answer depends on.
Result<WrittenRequest> writeNativeRequest(const NativeRequest &request, const QByteArray &modelAsked,
                                          const QByteArray &model, const ProviderConfig &provider,
                                          OwnDefaults defaults = OwnDefaults::Set);

} // namespace lunargate::openai_responses
