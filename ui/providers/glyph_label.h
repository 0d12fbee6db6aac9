// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/icons.h"

#include <QPainter>
#include <QWidget>

namespace lunargate::ui {

/// A glyph in the colour that its tone has at the time of painting.
class GlyphLabel : public QWidget
{
    Q_OBJECT

public:
    explicit GlyphLabel(int side) { setFixedSize(side, side); }

    void setGlyph(Glyph glyph, Tone tone)
    {
        if (glyph == m_glyph && tone == m_tone)
            return;
        m_glyph = glyph;
        m_tone = tone;
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        paintGlyph(painter, m_glyph, rect(), coloursOf(palette()).of(m_tone));
    }

private:
    Glyph m_glyph = Glyph::Ring;
    Tone m_tone = Tone::Muted;
};

} // namespace lunargate::ui
