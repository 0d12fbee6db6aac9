// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_edits.h"
#include "gateway/config/config_outline.h"

#include <QComboBox>
#include <QLineEdit>
#include <QToolButton>
#include <QVBoxLayout>

namespace lunargate::ui {

/// The models that are known of a provider; for completion.
QStringList knownModels(const ConfigOutline::Provider &provider);

/// Providers with a model each, one below the other. Rows can be added and removed.
class TargetRows : public QWidget
{
    Q_OBJECT

public:
    enum class Kind { Targets, Fallbacks };

    /// Targets have a weight, and at least one of them is there.
    TargetRows(Kind kind, std::vector<ConfigOutline::Provider> providers, QWidget *parent = nullptr);

    std::vector<NewTarget> targets() const;

Q_SIGNALS:
    void changed();

private:
    struct Row
    {
        QWidget *widget = nullptr;
        QComboBox *provider = nullptr;
        QLineEdit *model = nullptr;
        QLineEdit *weight = nullptr; ///< null: there are none
        QToolButton *remove = nullptr;
    };

    void addRow();
    void putBeforeAdd(const Row &row);
    void removeRow(QWidget *widget);
    void nameRows();
    void offerModels(const Row &row);

    Kind m_kind;
    std::vector<ConfigOutline::Provider> m_providers;
    std::vector<Row> m_rows;
    QVBoxLayout *m_list; // the rows
    QToolButton *m_add;
};

} // namespace lunargate::ui
