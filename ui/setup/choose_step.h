// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/setup/found_provider.h"
#include "ui/shell/card.h"

#include <QCheckBox>
#include <QComboBox>

namespace lunargate::ui {

/// Which of the providers that were found are to be used, and which one by default.
class ChooseStep : public QWidget
{
    Q_OBJECT

public:
    ChooseStep();

    /// What the user chose of these before stays so.
    void setFound(const std::vector<FoundProvider> &found);
    /// The default one first.
    std::vector<FoundProvider> chosen() const;

private:
    void showDefaults();

    std::vector<FoundProvider> m_found;
    std::vector<QCheckBox *> m_boxes; // one each
    Card *m_card;
    QVBoxLayout *m_list;
    QLabel *m_none;
    QWidget *m_defaultRow;
    QComboBox *m_default;
};

} // namespace lunargate::ui
