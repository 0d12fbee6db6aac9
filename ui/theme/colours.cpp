// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/colours.h"

#include <algorithm>
#include <cmath>

namespace lunargate::ui {

namespace {

// WCAG 2.2, "relative luminance".
double luminance(const QColor &colour)
{
    const auto linear = [](double part) {
        return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

} // namespace

const Colours &lightColours()
{
    static const Colours colours{.window = QColor(0xf6f7f9),
                                 .sidebar = QColor(0xeceef2),
                                 .surface = QColor(0xffffff),
                                 .hover = QColor(0xe4e7ed),
                                 .selection = QColor(0xe0e4fb),
                                 .border = QColor(0xd9dde5),
                                 .text = QColor(0x1b2130),
                                 .muted = QColor(0x565f70),
                                 .accent = QColor(0x4450c4),
                                 .onAccent = QColor(0xffffff),
                                 .ok = QColor(0x146b3e),
                                 .warning = QColor(0x855300),
                                 .error = QColor(0xb3261e),
                                 .series = QColor(0x00527f),
                                 .seriesTint = QColor(0x4a98c9),
                                 .seriesOther = QColor(0xd55e00)};
    return colours;
}

const Colours &darkColours()
{
    static const Colours colours{.window = QColor(0x14171e),
                                 .sidebar = QColor(0x0f1217),
                                 .surface = QColor(0x191d25),
                                 .hover = QColor(0x232935),
                                 .selection = QColor(0x2c3460),
                                 .border = QColor(0x2b313c),
                                 .text = QColor(0xe4e8ef),
                                 .muted = QColor(0xa2abba),
                                 .accent = QColor(0xa3abff),
                                 .onAccent = QColor(0x12141c),
                                 .ok = QColor(0x5fd09b),
                                 .warning = QColor(0xe9b04a),
                                 .error = QColor(0xff938b),
                                 .series = QColor(0x56b4e9),
                                 .seriesTint = QColor(0x2f7fb5),
                                 .seriesOther = QColor(0xe69f00)};
    return colours;
}

QColor Colours::of(Tone tone) const
{
    switch (tone) {
    case Tone::Normal:
        return text;
    case Tone::Muted:
        return muted;
    case Tone::Accent:
        return accent;
    case Tone::Ok:
        return ok;
    case Tone::Warning:
        return warning;
    case Tone::Error:
        return error;
    }
    Q_UNREACHABLE_RETURN(text);
}

QPalette Colours::palette() const
{
    QPalette palette;
    palette.setColor(QPalette::Window, window);
    palette.setColor(QPalette::WindowText, text);
    palette.setColor(QPalette::Base, surface);
    palette.setColor(QPalette::AlternateBase, window);
    palette.setColor(QPalette::Text, text);
    palette.setColor(QPalette::PlaceholderText, muted);
    palette.setColor(QPalette::Button, surface);
    palette.setColor(QPalette::ButtonText, text);
    palette.setColor(QPalette::BrightText, error);
    palette.setColor(QPalette::Highlight, selection);
    palette.setColor(QPalette::HighlightedText, text);
    palette.setColor(QPalette::Accent, accent);
    palette.setColor(QPalette::Link, accent);
    palette.setColor(QPalette::ToolTipBase, surface);
    palette.setColor(QPalette::ToolTipText, text);
    palette.setColor(QPalette::Light, hover);
    palette.setColor(QPalette::Midlight, hover);
    palette.setColor(QPalette::Mid, border);
    palette.setColor(QPalette::Dark, border);
    palette.setColor(QPalette::Shadow, border);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, muted);
    return palette;
}

Colours coloursOf(const QPalette &palette)
{
    const bool isDark = palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
    return isDark ? darkColours() : lightColours();
}

double contrast(const QColor &one, const QColor &other)
{
    const auto [darker, lighter] = std::minmax({luminance(one), luminance(other)});
    return (lighter + 0.05) / (darker + 0.05);
}

} // namespace lunargate::ui
