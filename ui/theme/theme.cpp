// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include "ui/theme/style.h"
#include "ui/theme/style_sheet.h"

#include <QApplication>
#include <QStyleHints>

namespace lunargate::ui {

Theme::Theme(Choice choice) : m_choice(choice)
{
    QApplication::setStyle(new Style);
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, &Theme::apply);
    apply();
}

void Theme::setChoice(Choice choice)
{
    if (std::exchange(m_choice, choice) != choice)
        apply();
}

bool Theme::isDark() const
{
    if (m_choice == Choice::System)
        return QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark;
    return m_choice == Choice::Dark;
}

void Theme::apply()
{
    const Colours &colours = isDark() ? darkColours() : lightColours();
    QApplication::setPalette(colours.palette());
    qApp->setStyleSheet(styleSheet(colours));
}

} // namespace lunargate::ui
