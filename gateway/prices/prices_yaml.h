// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace lunargate {

/// The text of resources/prices.yaml, which the build puts into the program.
QByteArrayView pricesYaml();

} // namespace lunargate
