// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonValue>

namespace lunargate::test {

/// The value at a path such as `choices.0.message.content`; undefined if there is none or `json` does not parse.
/// Tests read JSON with Qt's parser, so that a fault of the gateway's own JSON code cannot hide itself.
QJsonValue jsonAt(const QByteArray &json, QByteArrayView path);

/// The string at that path; empty if there is none.
QByteArray textAt(const QByteArray &json, QByteArrayView path);

bool isJson(const QByteArray &text);

} // namespace lunargate::test
