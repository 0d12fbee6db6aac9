// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QButtonGroup>
#include <QStringList>
#include <QWidget>

namespace lunargate::ui {

/// Some choices next to each other, one of which holds.
class ChoiceButtons : public QWidget
{
    Q_OBJECT

public:
    ChoiceButtons(const QString &accessibleName, const QStringList &texts);

    int current() const { return m_group->checkedId(); }
    /// Tells nobody.
    void setCurrent(int choice) { m_group->button(choice)->setChecked(true); }

Q_SIGNALS:
    /// By the user.
    void chosen(int choice);

private:
    QButtonGroup *m_group;
};

} // namespace lunargate::ui
