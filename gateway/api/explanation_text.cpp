// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/explanation_text.h"

#include "gateway/api/explanation_outline.h"

#include <algorithm>

namespace lunargate {

namespace {

/// Lines of two columns.
QByteArray tableText(const std::vector<OutlineRow> &rows)
{
    qsizetype width = 0;
    for (const OutlineRow &row : rows)
        width = std::max(width, row.name.size());
    QByteArray text;
    for (const OutlineRow &row : rows)
        text += "  " + (row.detail.isEmpty() ? row.name : row.name.leftJustified(width) + "  " + row.detail) + '\n';
    return text;
}

} // namespace

QByteArray explanationText(const Explanation &explanation, const Config &config)
{
    QByteArray text;
    for (const OutlineSection &section : explanationOutline(explanation, config))
        text += (text.isEmpty() ? "" : "\n") + section.heading + '\n' + tableText(section.rows);
    return text;
}

} // namespace lunargate
