// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/keys/key_import.h"

#include <QDialog>
#include <QListWidget>
#include <QPushButton>

#include <vector>

namespace lunargate::ui {

/// Shows the variables that hold keys of known services, never what is in them, and lets the user tick those that are
/// to go into the keychain.
class ImportDialog : public QDialog
{
    Q_OBJECT

public:
    /// `existing`: names of keys that are there, which would be replaced.
    ImportDialog(std::vector<KeyInEnvironment> keys, const QByteArrayList &existing, QWidget *parent = nullptr);

Q_SIGNALS:
    void keysChosen(const std::vector<lunargate::KeyInEnvironment> &keys);

private:
    std::vector<KeyInEnvironment> chosen() const;

    const std::vector<KeyInEnvironment> m_keys;
    QListWidget *m_list;
    QPushButton *m_import;
};

} // namespace lunargate::ui
