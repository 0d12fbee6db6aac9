// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <functional>

namespace lunargate {

/// Takes out of a stream (SSE or JSON lines) what no single event shows: models write a few characters an event, so
/// that a key lies across several of them. `blotOut` puts asterisks in place of what must not be kept in the joined
/// text; the whole pieces that have a part in that become asterisks in `body`, whose length stays.
void blotOutStreamed(QByteArray &body, const std::function<void(QByteArray &text)> &blotOut);

} // namespace lunargate
