// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/embeddings_request.h"

namespace lunargate {

/// The answer to POST /v1/embeddings, for providers whose own one looks different: vectors in the form that `request`
/// asks for, its model where the provider names none, and no `usage` where the provider tells none.
QByteArray embeddingsBody(const Embeddings &embeddings, const EmbeddingsRequest &request);

} // namespace lunargate
