// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

#include <QFrame>
#include <QLabel>

namespace lunargate::ui {

/// Says why the keychain did not do what was asked, what helps, and what works all the same.
class KeychainBanner : public QFrame
{
    Q_OBJECT

public:
    KeychainBanner();

    /// Null: all is well, and it hides.
    void show(const Error *problem);

private:
    QLabel *m_sign;
    QLabel *m_title;
    QLabel *m_text;
};

} // namespace lunargate::ui
