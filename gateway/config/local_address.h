// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace lunargate {

/// Whether the host of this address is the machine itself.
bool isOnThisMachine(QByteArrayView url);

/// Whether what is sent to this address can be read on its way: plain http that leaves the machine.
bool isReadableOnTheWay(QByteArrayView url);

} // namespace lunargate
