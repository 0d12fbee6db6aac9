// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lunargate::openai_responses {

/// The id to send for the call that the client knows as `id`: the same one, unless the protocol refuses it as too long.
/// One id always becomes the same one.
QByteArray sentCallId(const QByteArray &id);

} // namespace lunargate::openai_responses
