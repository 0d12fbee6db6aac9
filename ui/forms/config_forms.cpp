// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/config_forms.h"

#include "ui/forms/add_provider_dialog.h"
#include "ui/forms/add_route_dialog.h"
#include "ui/forms/change_weights_dialog.h"

namespace lunargate::ui {

ConfigForms::ConfigForms(Actions &actions, QWidget &window, Access access)
    : m_window(window), m_access(std::move(access))
{
    m_formActions = {actions.add(tr("Add a provider"), Glyph::Plus, {}, [this] { open<AddProviderDialog>(); }),
                     actions.add(tr("Add a route"), Glyph::Plus, {}, [this] { open<AddRouteDialog>(); }),
                     actions.add(tr("Change weights"), Glyph::Sliders, {}, [this] { open<ChangeWeightsDialog>(); })};
}

template <typename Dialog>
void ConfigForms::open()
{
    const QString before = m_access.text();
    const auto take = [this, before](const QString &text) {
        if (m_access.text() != before)
            return tr("The configuration was changed meanwhile. Open the form again to change what it says now.");
        m_access.apply(text);
        return m_access.text() == text ? QString() : tr("The configuration cannot be edited now.");
    };
    auto *dialog =
        new Dialog({.text = before.toUtf8(), .environment = m_access.environment(), .take = take}, &m_window);
    dialog->open();
}

} // namespace lunargate::ui
