// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace lunargate {

struct Config;

/// The name that lets the route decide. Compared without regard to case.
inline constexpr QByteArrayView kAutoModel = "lunargate/auto";

/// A model and, if the name said so, its provider: `PROVIDER/MODEL`, split at the first slash.
struct ModelId
{
    QByteArray provider; ///< empty: a plain model name
    QByteArray model;

    bool isPlain() const { return provider.isEmpty(); }
    /// `PROVIDER/MODEL`, or the plain name.
    QByteArray toBytes() const;

    bool operator==(const ModelId &) const = default;
};

/// Splits at the first slash; nothing if either half is blank. Says nothing about whether the provider exists.
std::optional<ModelId> splitModelId(QByteArrayView text);

/// Reads a client's model name. Only the id of a configured provider makes the part before the slash a provider:
/// `meta-llama/llama-3` is a plain name unless there is a provider `meta-llama`.
ModelId readModelId(QByteArrayView text, const Config &config);

/// Whether `text` is `lunargate/auto`.
bool isAutoModel(QByteArrayView text);

} // namespace lunargate
