// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMessageBox>

namespace lunargate::ui {

/// A question that can be cancelled and goes when it is closed. Others may have written parts of its texts, which are
/// shown as they are. `details` may be empty.
QMessageBox *newPlainQuestion(const QString &title, const QString &text, const QString &details, QWidget *parent);

} // namespace lunargate::ui
