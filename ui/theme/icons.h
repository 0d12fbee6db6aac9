// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/colours.h"

#include <QIcon>

namespace lunargate::ui {

/// What an icon shows. Shapes that tell a state differ without their colour, too.
enum class Glyph {
    List,
    Chart,
    Sliders,
    Server,
    Search,
    Pause,
    Play,
    Copy,
    Columns,
    Star,
    StarFilled,
    Bookmark,
    Download,
    Close,
    Refresh,
    Window,
    Power,
    Command,
    Key,
    Plus,
    Plug,
    Fork, ///< a way that divides
    Document,
    Check,   ///< a disc with a tick: all is well
    Caution, ///< a triangle: something is not
    Cross,   ///< an octagon with a cross: it failed
    Bars,    ///< a square with two bars: paused
    Ring,    ///< an open ring: under way
    Slash,   ///< a ring with a bar through it: cancelled
};

/// The sign for good and bad news; `otherwise` for what is neither.
Glyph signOf(Tone tone, Glyph otherwise);

/// Drawn at any size, in the colour that `tone` has at that time.
QIcon icon(Glyph glyph, Tone tone = Tone::Normal);

void paintGlyph(QPainter &painter, Glyph glyph, const QRectF &rect, const QColor &colour);

} // namespace lunargate::ui
