// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"

#include <QByteArray>
#include <QByteArrayView>

namespace lunargate::json {

/// Appends `text` as a JSON string with its quotes. Invalid UTF-8 is replaced by U+FFFD, so the result always parses.
void appendString(QByteArray &out, QByteArrayView text);

/// The two characters that stand for a line feed, carriage return or tab; nullptr for any other character.
const char *shortEscape(char c);

/// The same for what is known to be UTF-8, as all texts of a Document are: large ones are not looked through twice.
void appendDocumentText(QByteArray &out, QByteArrayView text);

/// `text` as a JSON string with its quotes.
QByteArray quoted(QByteArrayView text);

/// Appends a value of a document: its members in their order, without white space. `null` for a missing one.
void appendValue(QByteArray &out, Value value);
/// The same as a text of its own; empty for a missing value.
QByteArray toText(Value value);

/// The shortest text that reads back as `number`; `null` for what JSON cannot say.
QByteArray number(double number);

} // namespace lunargate::json
