// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/forms/form_dialog.h"
#include "ui/forms/target_rows.h"

namespace lunargate::ui {

/// Adds a route: which requests it takes, who answers them, and who does if that fails.
class AddRouteDialog : public FormDialog
{
    Q_OBJECT

public:
    explicit AddRouteDialog(Subject subject, QWidget *parent = nullptr);

protected:
    Edited edited() const override;

private:
    void fillPlaces();

    ConfigOutline m_outline;
    QLineEdit *m_name;
    QLineEdit *m_path;
    QLineEdit *m_model;
    QLineEdit *m_header;
    QLineEdit *m_headerValue;
    TargetRows *m_targets;
    TargetRows *m_fallback;
    QComboBox *m_place;
};

/// What people call the route with that index.
QString routeTitle(const ConfigOutline &outline, std::size_t index);

} // namespace lunargate::ui
