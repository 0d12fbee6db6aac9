// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace lunargate {

/// The text of resources/providers.yaml, which the build puts into the program.
QByteArrayView providersYaml();

} // namespace lunargate
