// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace lunargate {

/// Whether a header, a parameter or a setting of that name looks like one that holds a credential.
bool namesSecret(QByteArrayView name);

} // namespace lunargate
