// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

// Ids of what the gateway answers. They are made of the request's id: unique, not to be guessed, and an item's id tells
// the response that it belongs to.
namespace lunargate::responses {

/// `resp_…`
QByteArray responseId(QByteArrayView requestId);

/// The `number`th item of a response; `kind` is `msg`, `rs`, `fc`, `ctc` …
QByteArray itemId(QByteArrayView kind, QByteArrayView responseId, qsizetype number);

/// The same for an item of its input, which has numbers of its own.
QByteArray inputItemId(QByteArrayView kind, QByteArrayView responseId, qsizetype number);

} // namespace lunargate::responses
