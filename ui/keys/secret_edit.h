// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/security/secret_string.h"

#include <QLineEdit>

namespace lunargate::ui {

/// A field for a secret: it is never shown, cannot be copied, and goes when it is taken or the field goes.
class SecretEdit : public QLineEdit
{
    Q_OBJECT

public:
    explicit SecretEdit(QWidget *parent = nullptr);
    ~SecretEdit() override { wipe(); }

    /// What was typed, without blanks around it; the field is empty afterwards.
    SecretString take();
    /// Empties the field and what it keeps for undoing.
    void wipe();
};

} // namespace lunargate::ui
