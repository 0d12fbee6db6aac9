// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/desktop.h"

#include <functional>

namespace lunargate::test {

/// Takes the pictures of the documentation in one theme. GUI thread.
class Photographer
{
public:
    /// `folder` is there.
    Photographer(QString folder, ui::Theme::Choice theme);

    /// Writes `NAME-light.png` or `NAME-dark.png`; ends the program if it cannot.
    void take(QWidget &widget, const char *name) const;

private:
    QString m_folder;
    QString m_theme;
};

/// Until `condition` holds; ends the program after ten seconds.
void waitFor(const std::function<bool()> &condition);

/// Any free port is listened on, but pictures should not change for that.
void showUsualPort(ui::Desktop &desktop);

void setTheme(const ui::Desktop &desktop, ui::Theme::Choice theme);

} // namespace lunargate::test
