// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"

#include <QByteArray>

namespace lunargate::anthropic {

/// The `url_citation` annotation (OpenAI API reference, "Chat completions") for a citation of a text block that spans
/// the characters from `begin` to `end` of the answer; empty if it cites no web page.
QByteArray webCitation(json::Value citation, qint64 begin, qint64 end);

/// How many characters (Unicode code points) valid UTF-8 has.
qint64 characterCount(QByteArrayView utf8);

} // namespace lunargate::anthropic
