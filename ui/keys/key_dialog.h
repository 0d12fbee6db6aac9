// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/security/keychain_entry.h"
#include "ui/keys/key_service.h"
#include "ui/keys/secret_edit.h"

#include <QByteArrayList>
#include <QComboBox>
#include <QDialog>
#include <QLabel>

#include <optional>

namespace lunargate::ui {

/// Asks for a key, and for whom it is.
class KeyDialog : public QDialog
{
    Q_OBJECT

public:
    struct Options
    {
        QString title;
        QByteArray name;                  ///< given; empty: the user says
        std::optional<QByteArray> origin; ///< likewise
        std::vector<KeyService> services; ///< to choose from
        QByteArrayList taken = {};        ///< names that the user cannot choose
    };

    explicit KeyDialog(const Options &options, QWidget *parent = nullptr);

Q_SIGNALS:
    void keyGiven(const QByteArray &name, const lunargate::KeychainEntry &entry);

private:
    QWidget *makeFields(const Options &options);
    void fillServices(const Options &options);
    void takeService();
    void give();
    /// The origin as it is given now; nothing if it is no address.
    std::optional<QByteArray> origin() const;
    void showProblem(const QString &problem, QWidget *field);

    const std::optional<QByteArray> m_origin;
    const QByteArrayList m_taken;
    QComboBox *m_service;
    QLineEdit *m_address;
    QLineEdit *m_name;
    SecretEdit *m_secret;
    QLabel *m_problem;
};

} // namespace lunargate::ui
