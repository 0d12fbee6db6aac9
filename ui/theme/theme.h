// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace lunargate::ui {

/// The look of the whole program: light, dark, or as the desktop has it. One per program, in the GUI thread.
class Theme : public QObject
{
    Q_OBJECT

public:
    enum class Choice { System, Light, Dark };

    /// Sets the style up and follows the desktop from now on.
    explicit Theme(Choice choice = Choice::System);

    Choice choice() const { return m_choice; }
    void setChoice(Choice choice);
    bool isDark() const;

private:
    void apply();

    Choice m_choice;
};

} // namespace lunargate::ui
