// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/collector/collected_request.h"

namespace lunargate {

/// A number as tags tell it: the shortest decimal text, `1` for 1.0.
QByteArray tagText(double number);

/// The inference parameters that were used: the client's, else those of the target. None for embeddings.
InferenceParameters usedParameters(const CollectedRequest &request);

/// The tags of a request's events. Without any sharing they say nothing of who asked, from where, which address was
/// called, or for what the client asked in vain.
HeaderList eventTags(const CollectedRequest &request, Sharing shared);

} // namespace lunargate
