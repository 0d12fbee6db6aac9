// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QLabel>
#include <QVBoxLayout>

namespace lunargate::ui {

/// A text letter by letter, over as many lines as it needs, with the look that the style sheet has for `name`.
QLabel *plainLabel(const QString &text, const char *name);

/// A frame with a heading; what belongs there goes into its layout.
class Card : public QFrame
{
    Q_OBJECT

public:
    explicit Card(const QString &heading);

    QVBoxLayout &content() { return *m_content; }

private:
    QVBoxLayout *m_content;
};

} // namespace lunargate::ui
