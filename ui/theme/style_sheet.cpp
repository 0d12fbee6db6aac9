// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/style_sheet.h"

#include <utility>

namespace lunargate::ui {

namespace {

constexpr char16_t kTemplate[] = uR"css(
QMainWindow, QDialog, #page { background: @window; }
QToolTip { background: @surface; color: @text; border: 1px solid @border; padding: 4px 6px; }

#sidebar { background: @sidebar; border-right: 1px solid @border; }
#product { font-weight: 600; padding: 2px 0; }
#navigation { background: transparent; border: none; }
#navigation::item { padding: 7px 10px; border-radius: 6px; color: @muted; }
#navigation::item:hover { background: @hover; color: @text; }
#navigation::item:selected { background: @selection; color: @text; }

#title { font-size: 17px; font-weight: 600; }
#heading { font-weight: 600; }
#muted { color: @muted; }
#problem { color: @error; }
#badge { color: @muted; background: @hover; border-radius: 6px; padding: 2px 8px; }
#card { background: @surface; border: 1px solid @border; border-radius: 8px; }
#card:focus { border-color: @accent; }
#figure { font-size: 22px; font-weight: 600; }
#figure[failed="true"] { color: @error; }
#small { color: @muted; font-size: 12px; }
#card[chosen="true"] { border-color: @accent; }
#banner { background: @surface; border: 1px solid @border; border-left: 3px solid @warning; border-radius: 6px; }
#failure { background: @surface; border: 1px solid @border; border-left: 3px solid @error; border-radius: 6px; }

#clients { padding: 4px; }
#clients::item { padding: 7px 8px; border-radius: 6px; color: @text; }
#clients::item:hover { background: @hover; }
#clients::item:selected { background: @selection; color: @text; }

QStatusBar { background: @sidebar; border-top: 1px solid @border; }
QStatusBar::item { border: none; }

QLineEdit { background: @surface; border: 1px solid @border; border-radius: 6px; padding: 5px 8px; selection-background-color: @selection; selection-color: @text; }
QLineEdit:focus { border-color: @accent; }
QLineEdit[invalid="true"] { border-color: @error; }
QComboBox QAbstractItemView { background: @surface; border: 1px solid @border; selection-background-color: @selection; }

QPushButton, QToolButton { background: @surface; border: 1px solid @border; border-radius: 6px; padding: 5px 10px; }
QToolButton { padding: 5px 8px; }
QPushButton:hover, QToolButton:hover { background: @hover; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked { background: @selection; }
QPushButton:focus, QToolButton:focus { border-color: @accent; }
QPushButton:disabled, QToolButton:disabled { color: @muted; background: @window; }
QPushButton:default { background: @accent; color: @onAccent; border-color: @accent; }
QToolButton[flat="true"] { background: transparent; border-color: transparent; padding: 5px 6px; }
QToolButton[flat="true"]:hover { background: @hover; }
QToolButton[flat="true"]:focus { border-color: @accent; }
QToolButton[popupMode="2"] { padding-right: 20px; }
QToolButton::menu-indicator { subcontrol-origin: padding; subcontrol-position: center right; right: 6px; }

QMenu { background: @surface; border: 1px solid @border; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: @selection; }
QMenu::item:disabled { color: @muted; }
QMenu::separator { height: 1px; background: @border; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }

QTableView { background: @surface; border: 1px solid @border; border-radius: 8px; gridline-color: transparent; outline: none; selection-background-color: @selection; selection-color: @text; }
QTableView:focus { border-color: @accent; }
QHeaderView { background: @surface; border: none; }
QHeaderView::section { background: @surface; color: @muted; border: none; border-bottom: 1px solid @border; padding: 6px 8px; font-weight: 500; }
QHeaderView::section:hover { color: @text; }
QTableCornerButton::section { background: @surface; border: none; }

QListView { background: @surface; border: 1px solid @border; border-radius: 6px; outline: none; selection-background-color: @selection; selection-color: @text; }
QPlainTextEdit { background: @surface; border: 1px solid @border; border-radius: 8px; padding: 4px; selection-background-color: @selection; selection-color: @text; }
QPlainTextEdit:focus { border-color: @accent; }

QTabWidget::pane { border: none; margin-top: 6px; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: @muted; padding: 6px 10px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { color: @text; border-bottom-color: @accent; }
QTabBar::tab:focus { color: @accent; }

QCheckBox, QRadioButton { spacing: 8px; padding: 3px 0; }
QCheckBox:focus, QRadioButton:focus { color: @accent; }
QSplitter::handle { background: transparent; }
QScrollArea { border: none; background: transparent; }

QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 2px; }
QScrollBar::handle { background: @border; border-radius: 4px; min-height: 28px; min-width: 28px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

#palette { background: @surface; border: 1px solid @border; border-radius: 10px; }
#palette QLineEdit { border: none; border-bottom: 1px solid @border; border-radius: 0; padding: 10px 12px; font-size: 15px; }
#palette QListView { border: none; }
#palette QListView::item { padding: 6px 8px; border-radius: 4px; }
#palette QListView::item:selected { background: @selection; color: @text; }
)css";

} // namespace

QString styleSheet(const Colours &colours)
{
    QString text = QString::fromUtf16(kTemplate);
    const std::pair<const char *, QColor> names[] = {{"@window", colours.window},
                                                     {"@sidebar", colours.sidebar},
                                                     {"@surface", colours.surface},
                                                     {"@hover", colours.hover},
                                                     {"@selection", colours.selection},
                                                     {"@border", colours.border},
                                                     {"@text", colours.text},
                                                     {"@muted", colours.muted},
                                                     {"@accent", colours.accent},
                                                     {"@onAccent", colours.onAccent},
                                                     {"@ok", colours.ok},
                                                     {"@warning", colours.warning},
                                                     {"@error", colours.error}};
    for (const auto &[name, colour] : names)
        text.replace(QLatin1StringView(name), colour.name());
    return text;
}

} // namespace lunargate::ui
