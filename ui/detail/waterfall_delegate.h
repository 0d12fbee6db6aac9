// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/cell_delegate.h"

namespace lunargate::ui {

/// Draws an AttemptSpan: a thin line while it waited, a pale bar until the first content, a full one from there on.
class WaterfallDelegate : public CellDelegate
{
    Q_OBJECT

public:
    using CellDelegate::CellDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace lunargate::ui
