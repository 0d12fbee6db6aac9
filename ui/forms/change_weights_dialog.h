// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_outline.h"
#include "ui/forms/form_dialog.h"

namespace lunargate::ui {

/// Changes how the requests of a route are shared among its targets.
class ChangeWeightsDialog : public FormDialog
{
    Q_OBJECT

public:
    explicit ChangeWeightsDialog(Subject subject, QWidget *parent = nullptr);

protected:
    Edited edited() const override;

private:
    /// The edit of a weight, and the share that comes of it.
    struct Row
    {
        QLineEdit *weight = nullptr;
        QLabel *share = nullptr;
    };

    std::size_t route() const { return static_cast<std::size_t>(m_route->currentIndex()); }
    void showRoute();
    void showShares();

    ConfigOutline m_outline;
    QComboBox *m_route;
    QWidget *m_targets = nullptr;
    std::vector<Row> m_rows;
};

} // namespace lunargate::ui
