// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/requests/saved_filters.h"

#include <QInputDialog>

namespace lunargate::ui {

SavedFilters::SavedFilters(FilterEdit &edit, Settings &settings, QWidget *parent)
    : QMenu(parent), m_edit(edit), m_settings(settings)
{
    connect(this, &QMenu::aboutToShow, this, &SavedFilters::fill);
}

void SavedFilters::fill()
{
    clear();
    const QMap<QString, QString> filters = m_settings.savedFilters();
    for (auto it = filters.begin(); it != filters.end(); ++it) {
        QAction *action = addAction(QString(it.key()).replace(u'&', QStringLiteral("&&")), this,
                                    [this, text = it.value()] { m_edit.setText(text); });
        action->setToolTip(it.value());
    }
    addSeparator();
    QAction *save = addAction(tr("Save this filter …"), this, &SavedFilters::askForName);
    save->setEnabled(!m_edit.text().isEmpty() && m_edit.problem().isEmpty());
    QMenu *removal = addMenu(tr("Remove"));
    removal->setEnabled(!filters.isEmpty());
    for (const QString &name : filters.keys())
        removal->addAction(QString(name).replace(u'&', QStringLiteral("&&")), this, [this, name] { remove(name); });
}

void SavedFilters::askForName()
{
    auto *dialog = new QInputDialog(parentWidget());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Save this filter"));
    dialog->setLabelText(tr("Name"));
    dialog->setTextValue(m_edit.text().left(40));
    connect(dialog, &QInputDialog::textValueSelected, this, &SavedFilters::save);
    dialog->open();
}

void SavedFilters::save(const QString &name)
{
    QMap<QString, QString> filters = m_settings.savedFilters();
    if (!name.trimmed().isEmpty())
        filters.insert(name.trimmed(), m_edit.text());
    m_settings.setSavedFilters(filters);
}

void SavedFilters::remove(const QString &name)
{
    QMap<QString, QString> filters = m_settings.savedFilters();
    filters.remove(name);
    m_settings.setSavedFilters(filters);
}

} // namespace lunargate::ui
