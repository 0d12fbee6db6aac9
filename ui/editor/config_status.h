// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/icons.h"

#include <QFrame>
#include <QLabel>
#include <QToolButton>

namespace lunargate::ui {

/// The configurations that there are beside the one that is edited: what is running, what the file says, and what ran
/// last. Each can be asked for.
class ConfigStatus : public QFrame
{
    Q_OBJECT

public:
    enum class Which { Running, OnDisk, LastGood };

    explicit ConfigStatus(QWidget *parent = nullptr);

    /// Says how that one stands. It can be asked for if `isThere`.
    void show(Which which, const QString &text, bool isThere);
    QString text(Which which) const;
    /// What was found in the text that is edited; empty: nothing.
    void showCheck(const QString &summary, bool hasErrors);
    /// It is not known yet.
    void showChecking() { showCheck(icon(Glyph::Ring, Tone::Muted), tr("Checking …")); }
    QString checkText() const { return m_checkText->text(); }

Q_SIGNALS:
    void asked(lunargate::ui::ConfigStatus::Which which);

private:
    void showCheck(const QIcon &sign, const QString &text);

    QToolButton *m_values[3];
    QLabel *m_checkSign;
    QLabel *m_checkText;
};

} // namespace lunargate::ui
