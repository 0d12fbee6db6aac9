// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/routing/model_catalogue.h"

#include <QByteArray>
#include <QByteArrayView>

#include <functional>

namespace lunargate {

struct Runtime;

namespace api {

// Ollama's names have a tag: `llama3.2` is `llama3.2:latest`, and clients may say either, whatever the model.

/// What the gateway calls the model that a client of Ollama's names so: the name as it is if the configuration has it,
/// else the one with or without `:latest` that it has, else the same of `catalogue()`, which knows the models that
/// providers told, else the name without `:latest`.
QByteArray modelMeant(const Config &config, const std::function<ModelCatalogue()> &catalogue, QByteArrayView name);
QByteArray modelMeant(const Runtime &runtime, QByteArrayView name);

/// The entry of such a name; nullptr if there is none.
const ModelEntry *findModel(const ModelCatalogue &catalogue, QByteArrayView name);

} // namespace api

} // namespace lunargate
