// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/add_route_dialog.h"

#include <QCompleter>
#include <QHBoxLayout>

#include <algorithm>

namespace lunargate::ui {

AddRouteDialog::AddRouteDialog(Subject subject, QWidget *parent)
    : FormDialog(tr("Add a route"), tr("Add route"), std::move(subject), parent),
      m_outline(readConfigOutline(text())),
      m_name(newLineEdit(tr("Name"))),
      m_path(newLineEdit(tr("Path begins with"), tr("any"))),
      m_model(newLineEdit(tr("Model is"), tr("any"))),
      m_header(newLineEdit(tr("Header"), tr("any; for example x-team"))),
      m_headerValue(newLineEdit(tr("Value of the header"))),
      m_targets(new TargetRows(TargetRows::Kind::Targets, m_outline.providers)),
      m_fallback(new TargetRows(TargetRows::Kind::Fallbacks, m_outline.providers)),
      m_place(newComboBox(tr("Place")))
{
    m_path->setCompleter(
        new QCompleter({QStringLiteral("/v1/chat/completions"), QStringLiteral("/v1/embeddings")}, m_path));
    auto *header = new QWidget;
    auto *headerRow = new QHBoxLayout(header);
    headerRow->setContentsMargins(0, 0, 0, 0);
    headerRow->setSpacing(6);
    headerRow->addWidget(m_header);
    headerRow->addWidget(new QLabel(QStringLiteral("=")));
    headerRow->addWidget(m_headerValue);
    addField(tr("Name"), m_name);
    addField(tr("Path begins with"), m_path);
    addField(tr("Model is"), m_model);
    addField(tr("Header"), header);
    addField(tr("Targets"), m_targets, tr("One of them answers; weights are shares."));
    addField(tr("Fallback"), m_fallback, tr("Asked in this order if the target fails."));
    addField(tr("Place"), m_place, tr("The first route that matches is taken."));
    fillPlaces();
    resize(680, 740);

    for (QLineEdit *edit : {m_name, m_path, m_model, m_header, m_headerValue})
        connect(edit, &QLineEdit::textChanged, this, [this] { touch(); });
    for (TargetRows *rows : {m_targets, m_fallback})
        connect(rows, &TargetRows::changed, this, [this] { touch(); });
    connect(m_place, &QComboBox::currentIndexChanged, this, [this] { touch(); });
    m_name->setFocus();
    touch();
}

// Behind a route that takes every request a new one would never be reached.
void AddRouteDialog::fillPlaces()
{
    const std::vector<ConfigOutline::Route> &routes = m_outline.routes;
    for (std::size_t index = 0; index < routes.size(); ++index)
        m_place->addItem(tr("Before %1").arg(routeTitle(m_outline, index)));
    m_place->addItem(routes.empty() ? tr("The only one") : tr("Last"));
    const auto catchAll = std::ranges::find(routes, false, &ConfigOutline::Route::hasConditions);
    m_place->setCurrentIndex(static_cast<int>(catchAll - routes.begin()));
}

FormDialog::Edited AddRouteDialog::edited() const
{
    const NewRoute route{.name = m_name->text().trimmed().toUtf8(),
                         .path = m_path->text().trimmed().toUtf8(),
                         .model = m_model->text().trimmed().toUtf8(),
                         .header = m_header->text().trimmed().toLower().toUtf8(),
                         .headerValue = m_headerValue->text().trimmed().toUtf8(),
                         .targets = m_targets->targets(),
                         .fallback = m_fallback->targets()};
    const auto isTaken = [&](const ConfigOutline::Route &other) { return other.name == route.name; };
    if (route.name.isEmpty())
        return std::unexpected(tr("Give the route a name."));
    if (std::ranges::any_of(m_outline.routes, isTaken))
        return std::unexpected(tr("There is a route of that name already."));
    if (m_outline.providers.empty())
        return std::unexpected(tr("There is no provider yet; add one first."));
    if (route.header.isEmpty() != route.headerValue.isEmpty())
        return std::unexpected(tr("A header needs a name and a value."));
    return addRoute(text(), route, static_cast<std::size_t>(m_place->currentIndex()))
        .transform_error([](const YamlSpliceError &error) { return QString::fromUtf8(error.toText()); });
}

QString routeTitle(const ConfigOutline &outline, std::size_t index)
{
    const QByteArray &name = outline.routes[index].name;
    return name.isEmpty() ? AddRouteDialog::tr("route %1").arg(index + 1) : QString::fromUtf8(name);
}

} // namespace lunargate::ui
