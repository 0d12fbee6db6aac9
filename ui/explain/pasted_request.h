// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/header_list.h"
#include "gateway/pipeline/explain.h"

#include <QString>

#include <expected>

namespace lunargate::ui {

/// A request that somebody pasted.
struct PastedRequest
{
    QByteArray body; ///< JSON
    HeaderList headers = {};
    std::optional<ExplainedEndpoint> endpoint = {}; ///< nothing: the text does not say
};

/// Why a text is no request.
struct PasteProblem
{
    QString message;         ///< for people, with line and column
    qsizetype position = -1; ///< in the text; -1: nowhere in particular
};

/// Reads a body (JSON) or a cURL command.
std::expected<PastedRequest, PasteProblem> readPastedRequest(const QString &text);

/// Reads lines of the form `Name: value`.
std::expected<HeaderList, PasteProblem> readHeaderLines(const QString &text);

} // namespace lunargate::ui
