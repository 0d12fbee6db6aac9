// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/target_rows.h"

#include "gateway/config/provider_presets.h"
#include "ui/forms/form_dialog.h"
#include "ui/theme/icons.h"

#include <QCompleter>
#include <QHBoxLayout>
#include <QIntValidator>

#include <algorithm>
#include <utility>

namespace lunargate::ui {

QStringList knownModels(const ConfigOutline::Provider &provider)
{
    QStringList models;
    if (const ProviderPreset *preset = findProviderPreset(provider.type)) {
        for (const KnownModel &model : preset->defaults.knownModels)
            models.append(QString::fromUtf8(model.id));
    }
    return models;
}

TargetRows::TargetRows(Kind kind, std::vector<ConfigOutline::Provider> providers, QWidget *parent)
    : QWidget(parent), m_kind(kind), m_providers(std::move(providers)), m_list(new QVBoxLayout), m_add(new QToolButton)
{
    m_list->setSpacing(6);
    m_add->setIcon(icon(Glyph::Plus));
    m_add->setText(kind == Kind::Targets ? tr("Add a target") : tr("Add a fallback"));
    m_add->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    connect(m_add, &QToolButton::clicked, this, [this] {
        addRow();
        putBeforeAdd(m_rows.back());
        m_rows.back().provider->setFocus();
        Q_EMIT changed();
    });
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addLayout(m_list);
    if (kind == Kind::Targets)
        addRow();
    column->addWidget(m_add, 0, Qt::AlignLeft); // behind the row, for Tab, too
}

void TargetRows::addRow()
{
    Row row{.widget = new QWidget, .provider = newComboBox({}), .model = newLineEdit({}, tr("model: as asked for"))};
    for (const ConfigOutline::Provider &provider : m_providers)
        row.provider->addItem(QString::fromUtf8(provider.id));
    auto *layout = new QHBoxLayout(row.widget);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(row.provider, 2);
    layout->addWidget(row.model, 3);
    if (m_kind == Kind::Targets) {
        row.weight = newLineEdit({}, tr("weight: 1"));
        row.weight->setValidator(new QIntValidator(0, 1'000'000, row.weight));
        row.weight->setMaximumWidth(96);
        layout->addWidget(row.weight);
        connect(row.weight, &QLineEdit::textChanged, this, &TargetRows::changed);
    }
    row.remove = new QToolButton;
    row.remove->setProperty("flat", true);
    row.remove->setIcon(icon(Glyph::Close, Tone::Muted));
    layout->addWidget(row.remove);
    m_list->addWidget(row.widget);
    m_rows.push_back(row);
    connect(row.model, &QLineEdit::textChanged, this, &TargetRows::changed);
    connect(row.provider, &QComboBox::currentIndexChanged, this, [this, row] {
        offerModels(row);
        Q_EMIT changed();
    });
    connect(row.remove, &QToolButton::clicked, this, [this, widget = row.widget] { removeRow(widget); });
    offerModels(row);
    nameRows();
}

// Tab comes to a row that was added last of all else.
void TargetRows::putBeforeAdd(const Row &row)
{
    QWidget *before = m_add;
    for (QWidget *next : std::initializer_list<QWidget *>{row.provider, row.model, row.weight, row.remove, m_add}) {
        if (next)
            setTabOrder(std::exchange(before, next), next);
    }
}

void TargetRows::removeRow(QWidget *widget)
{
    std::erase_if(m_rows, [widget](const Row &row) { return row.widget == widget; });
    widget->hide();
    widget->deleteLater();
    m_add->setFocus();
    nameRows();
    Q_EMIT changed();
}

// As screen readers tell them apart.
void TargetRows::nameRows()
{
    const bool isLast = m_kind == Kind::Targets && m_rows.size() == 1;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const Row &row = m_rows[i];
        const QString which = (m_kind == Kind::Targets ? tr("target %1") : tr("fallback %1")).arg(i + 1);
        row.provider->setAccessibleName(tr("Provider of %1").arg(which));
        row.model->setAccessibleName(tr("Model of %1").arg(which));
        if (row.weight)
            row.weight->setAccessibleName(tr("Weight of %1").arg(which));
        row.remove->setAccessibleName(tr("Remove %1").arg(which));
        row.remove->setToolTip(row.remove->accessibleName());
        row.remove->setEnabled(!isLast);
    }
}

void TargetRows::offerModels(const Row &row)
{
    const auto index = static_cast<std::size_t>(row.provider->currentIndex());
    auto *completer =
        new QCompleter(index < m_providers.size() ? knownModels(m_providers[index]) : QStringList(), row.model);
    completer->setFilterMode(Qt::MatchContains);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    delete row.model->completer();
    row.model->setCompleter(completer);
}

std::vector<NewTarget> TargetRows::targets() const
{
    std::vector<NewTarget> targets;
    for (const Row &row : m_rows) {
        NewTarget target{.provider = row.provider->currentText().toUtf8(),
                         .model = row.model->text().trimmed().toUtf8(),
                         .weight = std::nullopt};
        if (row.weight && !row.weight->text().isEmpty())
            target.weight = row.weight->text().toInt();
        targets.push_back(std::move(target));
    }
    return targets;
}

} // namespace lunargate::ui
