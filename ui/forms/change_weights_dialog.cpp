// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/change_weights_dialog.h"

#include "gateway/config/config_edits.h"
#include "ui/forms/add_route_dialog.h"

#include <QGridLayout>
#include <QIntValidator>
#include <QLocale>

#include <numeric>

namespace lunargate::ui {

namespace {

QString titleOf(const ConfigOutline::Target &target)
{
    return QString::fromUtf8(target.provider + '/' + (target.model.isEmpty() ? QByteArrayLiteral("*") : target.model));
}

QLabel *plainLabel(const QString &text)
{
    auto *label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    return label;
}

} // namespace

ChangeWeightsDialog::ChangeWeightsDialog(Subject subject, QWidget *parent)
    : FormDialog(tr("Change weights"), tr("Change weights"), std::move(subject), parent),
      m_outline(readConfigOutline(text())),
      m_route(newComboBox(tr("Route")))
{
    for (std::size_t index = 0; index < m_outline.routes.size(); ++index)
        m_route->addItem(routeTitle(m_outline, index));
    addField(tr("Route"), m_route, tr("A target gets its weight's share of the requests; with 0 it gets none."));
    connect(m_route, &QComboBox::currentIndexChanged, this, &ChangeWeightsDialog::showRoute);
    m_route->setFocus();
    showRoute();
}

void ChangeWeightsDialog::showRoute()
{
    if (m_targets)
        fields().removeRow(m_targets);
    m_targets = new QWidget;
    m_rows.clear();
    auto *grid = new QGridLayout(m_targets);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(12);
    grid->setColumnStretch(0, 1);
    if (route() < m_outline.routes.size()) {
        for (const ConfigOutline::Target &target : m_outline.routes[route()].targets) {
            const QString title = titleOf(target);
            const Row row{.weight = newLineEdit(tr("Weight of %1").arg(title)), .share = new QLabel};
            row.weight->setText(QString::number(target.weight));
            row.weight->setValidator(new QIntValidator(0, 1'000'000, row.weight));
            row.weight->setAlignment(Qt::AlignRight);
            row.weight->setMaximumWidth(96);
            row.share->setObjectName("muted");
            row.share->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
            row.share->setMinimumWidth(64);
            const int line = static_cast<int>(m_rows.size());
            grid->addWidget(plainLabel(title), line, 0);
            grid->addWidget(row.weight, line, 1);
            grid->addWidget(row.share, line, 2);
            m_rows.push_back(row);
            connect(row.weight, &QLineEdit::textChanged, this, &ChangeWeightsDialog::showShares);
        }
    }
    fields().addRow(tr("Weights"), m_targets);
    showShares();
}

void ChangeWeightsDialog::showShares()
{
    const auto weightOf = [](const Row &row) { return row.weight->text().toLongLong(); };
    const qint64 sum = std::accumulate(m_rows.begin(), m_rows.end(), qint64{0},
                                       [&](qint64 total, const Row &row) { return total + weightOf(row); });
    for (const Row &row : m_rows) {
        const double share = sum > 0 ? 100.0 * static_cast<double>(weightOf(row)) / static_cast<double>(sum) : 0;
        row.share->setText(QLocale().toString(share, 'f', 1) + QStringLiteral(" %"));
    }
    touch();
}

FormDialog::Edited ChangeWeightsDialog::edited() const
{
    if (m_outline.routes.empty())
        return std::unexpected(tr("There is no route yet."));
    const std::vector<ConfigOutline::Target> &targets = m_outline.routes[route()].targets;
    if (targets.empty())
        return std::unexpected(tr("This route has no targets."));
    std::vector<std::optional<int>> weights;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (m_rows[i].weight->text().isEmpty())
            return std::unexpected(tr("Give every target a weight."));
        const int weight = m_rows[i].weight->text().toInt();
        weights.push_back(weight == targets[i].weight ? std::nullopt : std::optional(weight));
    }
    return changeWeights(text(), route(), weights).transform_error([](const YamlSpliceError &error) {
        return QString::fromUtf8(error.toText());
    });
}

} // namespace lunargate::ui
