// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/telemetry/attribute_list.h"
#include "gateway/telemetry/name_table.h"
#include "gateway/telemetry/traced_request.h"

namespace lunargate {

// What spans and metrics say alike of a request and its calls to providers.

/// `gen_ai.operation.name`: `chat` or `embeddings`.
const char *operationOf(const RequestRecord &record);
bool isEmbeddings(const RequestRecord &record);

/// Adds operation, provider and model, and where the provider is; `model` as it is to be told.
void addCall(AttributeList &attributes, const NameTable &names, const TracedRequest &request,
             const QByteArray &provider, QByteArrayView model);

/// `error.type` of an attempt: the provider's status, or our reason. Empty on success.
QByteArray errorTypeOf(const AttemptRecord &attempt);
/// The same of a request.
QByteArray errorTypeOf(const RequestRecord &record);

/// When a provider's call was over.
TimePoint endOf(const AttemptRecord &attempt, const RequestRecord &record);

} // namespace lunargate
