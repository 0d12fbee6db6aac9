// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/icons.h"

#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>

#include <cmath>
#include <numbers>

namespace lunargate::ui {

namespace {

// All shapes are drawn on a square of 24 units.
constexpr double kUnits = 24;

/// Lines drawn with a pen, and areas that are filled.
struct Shape
{
    QPainterPath lines;
    QPainterPath area;
    QPainterPath cutOut; ///< lines in the area that show what is behind it
};

void line(QPainterPath &path, std::initializer_list<QPointF> points)
{
    path.moveTo(*points.begin());
    for (const QPointF &point : points)
        path.lineTo(point);
}

QPainterPath polygon(int corners, double radius, double turn)
{
    QPainterPath path;
    for (int i = 0; i <= corners; ++i) {
        const double angle = turn + 2 * std::numbers::pi * i / corners;
        const QPointF point(12 + radius * std::cos(angle), 12 + radius * std::sin(angle));
        i == 0 ? path.moveTo(point) : path.lineTo(point);
    }
    return path;
}

QPainterPath star()
{
    QPainterPath path;
    for (int i = 0; i < 10; ++i) {
        const double angle = -std::numbers::pi / 2 + std::numbers::pi * i / 5;
        const double radius = i % 2 == 0 ? 9.5 : 4.2;
        const QPointF point(12 + radius * std::cos(angle), 12.5 + radius * std::sin(angle));
        i == 0 ? path.moveTo(point) : path.lineTo(point);
    }
    path.closeSubpath();
    return path;
}

Shape signOf(Glyph glyph)
{
    Shape shape;
    switch (glyph) {
    case Glyph::Check:
        shape.area.addEllipse(QPointF(12, 12), 10, 10);
        line(shape.cutOut, {{7.5, 12.5}, {10.8, 15.8}, {16.5, 8.8}});
        break;
    case Glyph::Caution:
        line(shape.area, {{12, 2.5}, {22.5, 21}, {1.5, 21}, {12, 2.5}});
        line(shape.cutOut, {{12, 9}, {12, 14}});
        line(shape.cutOut, {{12, 17.4}, {12, 17.5}});
        break;
    case Glyph::Cross:
        shape.area = polygon(8, 10.8, std::numbers::pi / 8);
        line(shape.cutOut, {{8.3, 8.3}, {15.7, 15.7}});
        line(shape.cutOut, {{15.7, 8.3}, {8.3, 15.7}});
        break;
    case Glyph::Bars:
        shape.area.addRoundedRect(QRectF(2.5, 2.5, 19, 19), 4, 4);
        line(shape.cutOut, {{9.2, 8}, {9.2, 16}});
        line(shape.cutOut, {{14.8, 8}, {14.8, 16}});
        break;
    case Glyph::Ring:
        shape.lines.arcMoveTo(QRectF(3.5, 3.5, 17, 17), 60);
        shape.lines.arcTo(QRectF(3.5, 3.5, 17, 17), 60, 300);
        break;
    case Glyph::Slash:
        shape.lines.addEllipse(QPointF(12, 12), 8.5, 8.5);
        line(shape.lines, {{6.5, 17.5}, {17.5, 6.5}});
        break;
    default:
        break;
    }
    return shape;
}

Shape toolOf(Glyph glyph)
{
    Shape shape;
    QPainterPath &lines = shape.lines;
    switch (glyph) {
    case Glyph::List:
        for (const double y : {6.0, 12.0, 18.0}) {
            line(lines, {{9, y}, {20, y}});
            line(lines, {{4.5, y}, {4.6, y}});
        }
        break;
    case Glyph::Chart:
        line(lines, {{4, 20}, {20, 20}});
        line(lines, {{7, 16}, {7, 12}});
        line(lines, {{12, 16}, {12, 5}});
        line(lines, {{17, 16}, {17, 9}});
        break;
    case Glyph::Sliders:
        line(lines, {{4, 7}, {11, 7}});
        line(lines, {{17, 7}, {20, 7}});
        lines.addEllipse(QPointF(14, 7), 2.6, 2.6);
        line(lines, {{4, 17}, {7, 17}});
        line(lines, {{13, 17}, {20, 17}});
        lines.addEllipse(QPointF(10, 17), 2.6, 2.6);
        break;
    case Glyph::Server:
        for (const double y : {4.0, 13.0}) {
            lines.addRoundedRect(QRectF(4, y, 16, 7), 2, 2);
            line(lines, {{8, y + 3.5}, {8.1, y + 3.5}});
        }
        break;
    case Glyph::Search:
        lines.addEllipse(QPointF(10.5, 10.5), 6, 6);
        line(lines, {{15, 15}, {20, 20}});
        break;
    case Glyph::Pause:
        line(lines, {{9, 6}, {9, 18}});
        line(lines, {{15, 6}, {15, 18}});
        break;
    case Glyph::Play:
        line(lines, {{8, 5.5}, {18.5, 12}, {8, 18.5}, {8, 5.5}});
        break;
    case Glyph::Copy:
        lines.addRoundedRect(QRectF(8.5, 8.5, 11, 11), 2, 2);
        line(lines, {{5, 15.5}, {4.5, 15}, {4.5, 5}, {5, 4.5}, {15, 4.5}, {15.5, 5}});
        break;
    case Glyph::Columns:
        lines.addRoundedRect(QRectF(4, 5, 16, 14), 2, 2);
        line(lines, {{9.4, 5}, {9.4, 19}});
        line(lines, {{14.6, 5}, {14.6, 19}});
        break;
    case Glyph::Star:
        lines = star();
        break;
    case Glyph::StarFilled:
        shape.area = star();
        break;
    case Glyph::Bookmark:
        line(lines, {{6.5, 4.5}, {17.5, 4.5}, {17.5, 20}, {12, 15.5}, {6.5, 20}, {6.5, 4.5}});
        break;
    case Glyph::Download:
        line(lines, {{12, 4}, {12, 15}});
        line(lines, {{7, 10.5}, {12, 15.5}, {17, 10.5}});
        line(lines, {{5, 20}, {19, 20}});
        break;
    case Glyph::Close:
        line(lines, {{6, 6}, {18, 18}});
        line(lines, {{18, 6}, {6, 18}});
        break;
    case Glyph::Refresh:
        lines.arcMoveTo(QRectF(4.5, 4.5, 15, 15), 30);
        lines.arcTo(QRectF(4.5, 4.5, 15, 15), 30, 290);
        line(lines, {{19.8, 3.6}, {19.3, 8.6}, {14.4, 8}});
        break;
    case Glyph::Window:
        lines.addRoundedRect(QRectF(3.5, 5, 17, 14), 2, 2);
        line(lines, {{3.5, 9.5}, {20.5, 9.5}});
        break;
    case Glyph::Power:
        line(lines, {{12, 3.5}, {12, 11.5}});
        lines.arcMoveTo(QRectF(4.5, 5, 15, 15), 55);
        lines.arcTo(QRectF(4.5, 5, 15, 15), 55, -290);
        break;
    case Glyph::Key:
        lines.addEllipse(QPointF(8, 15.5), 4, 4);
        line(lines, {{11, 12.5}, {19.5, 4}});
        line(lines, {{15.5, 8}, {18.5, 11}});
        break;
    case Glyph::Plus:
        line(lines, {{12, 5}, {12, 19}});
        line(lines, {{5, 12}, {19, 12}});
        break;
    case Glyph::Document:
        line(lines, {{14, 3.5}, {6.5, 3.5}, {6.5, 20.5}, {17.5, 20.5}, {17.5, 7}, {14, 3.5}, {14, 7}, {17.5, 7}});
        line(lines, {{10, 12}, {14, 12}});
        line(lines, {{10, 16}, {14, 16}});
        break;
    case Glyph::Command:
        line(lines, {{5, 7}, {10, 12}, {5, 17}});
        line(lines, {{12, 18}, {19, 18}});
        break;
    case Glyph::Plug:
        line(lines, {{9, 3}, {9, 8}});
        line(lines, {{15, 3}, {15, 8}});
        line(lines, {{5.5, 8}, {18.5, 8}});
        line(lines, {{6.5, 8}, {6.5, 11}});
        lines.quadTo(6.5, 16, 12, 16);
        lines.quadTo(17.5, 16, 17.5, 11);
        lines.lineTo(17.5, 8);
        line(lines, {{12, 16}, {12, 21}});
        break;
    case Glyph::Fork:
        line(lines, {{4, 12}, {9, 12}, {14, 6.5}, {20, 6.5}});
        line(lines, {{9, 12}, {14, 17.5}, {20, 17.5}});
        break;
    default:
        shape = signOf(glyph);
        break;
    }
    return shape;
}

class GlyphEngine : public QIconEngine
{
public:
    GlyphEngine(Glyph glyph, Tone tone) : m_glyph(glyph), m_tone(tone) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        const Colours colours = coloursOf(QGuiApplication::palette());
        paintGlyph(*painter, m_glyph, rect, mode == QIcon::Disabled ? colours.muted : colours.of(m_tone));
    }
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }
    QIconEngine *clone() const override { return new GlyphEngine(*this); }
    bool isNull() override { return false; }

private:
    Glyph m_glyph;
    Tone m_tone;
};

} // namespace

Glyph signOf(Tone tone, Glyph otherwise)
{
    switch (tone) {
    case Tone::Ok:
        return Glyph::Check;
    case Tone::Warning:
        return Glyph::Caution;
    case Tone::Error:
        return Glyph::Cross;
    case Tone::Normal:
    case Tone::Muted:
    case Tone::Accent:
        return otherwise;
    }
    Q_UNREACHABLE_RETURN(otherwise);
}

QIcon icon(Glyph glyph, Tone tone)
{
    return QIcon(new GlyphEngine(glyph, tone));
}

void paintGlyph(QPainter &painter, Glyph glyph, const QRectF &rect, const QColor &colour)
{
    const Shape shape = toolOf(glyph);
    const double side = std::min(rect.width(), rect.height());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(rect.center() - QPointF(side / 2, side / 2));
    painter.scale(side / kUnits, side / kUnits);
    const QPen pen(colour, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    if (!shape.area.isEmpty()) {
        QPainterPathStroker stroker(QPen(colour, 2.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        const QPainterPath gap = shape.cutOut.isEmpty() ? QPainterPath() : stroker.createStroke(shape.cutOut);
        painter.fillPath(shape.area.subtracted(gap), colour);
    }
    painter.strokePath(shape.lines, pen);
    painter.restore();
}

} // namespace lunargate::ui
