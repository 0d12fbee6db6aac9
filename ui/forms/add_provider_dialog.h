// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_outline.h"
#include "gateway/config/provider_presets.h"
#include "ui/forms/form_dialog.h"

namespace lunargate::ui {

/// Adds a provider. The file gets the name of its key's place, never the key.
class AddProviderDialog : public FormDialog
{
    Q_OBJECT

public:
    explicit AddProviderDialog(Subject subject, QWidget *parent = nullptr);

protected:
    Edited edited() const override;

private:
    enum class KeyPlace { Environment, Keychain, None };

    const ProviderPreset &preset() const;
    KeyPlace keyPlace() const { return static_cast<KeyPlace>(m_keyPlace->currentIndex()); }
    QByteArray freeId(const QByteArray &wanted) const;
    void takePreset();
    void takeKeyPlace();
    /// What stands in the file; empty: nothing. Fails with what is wrong with the name.
    Edited keyText() const;

    ConfigOutline m_outline;
    QComboBox *m_service;
    QLineEdit *m_id;
    QLineEdit *m_baseUrl;
    QComboBox *m_keyPlace;
    QLineEdit *m_keyName;
    QLineEdit *m_model;
};

} // namespace lunargate::ui
