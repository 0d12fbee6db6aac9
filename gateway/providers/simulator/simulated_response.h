// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/simulator/faults.h"

#include <QByteArray>

#include <generator>
#include <vector>

namespace lunargate::simulator {

/// Whether a model that the provider does not list is answered for all the same.
enum class UnknownModels { Accept, Refuse };

/// The models that a simulated provider lists.
struct ModelList
{
    std::vector<QByteArray> models;
    UnknownModels unknown = UnknownModels::Accept;

    bool serves(QByteArrayView model) const;
};

/// A whole answer: the head, and the body as it will come.
struct SimulatedResponse
{
    UpstreamHead head;
    std::generator<Chunk> body;
};

/// Answers `request` as an OpenAI-compatible provider does; with the next of `statuses` if it asks for a completion or
/// for embeddings (so that a look at the models uses up no fault).
SimulatedResponse respond(const UpstreamRequest &request, const ModelList &models, const SimulatorConfig &config,
                          FaultSequence &statuses);

} // namespace lunargate::simulator
