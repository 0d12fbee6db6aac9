// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/settings.h"

#include <iterator>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

constexpr const char *kThemes[] = {"system", "light", "dark"}; // in the order of Theme::Choice

QString keyOf(NotificationKind kind)
{
    switch (kind) {
    case NotificationKind::Circuit:
        return u"notifications/circuit"_s;
    case NotificationKind::Key:
        return u"notifications/key"_s;
    case NotificationKind::Config:
        return u"notifications/config"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

Settings::Settings() : m_file(QSettings::IniFormat, QSettings::UserScope, u"lunargate"_s, u"desktop"_s) {}

Settings::Settings(const QString &file) : m_file(file, QSettings::IniFormat) {}

Theme::Choice Settings::theme() const
{
    const QByteArray name = m_file.value("theme").toByteArray();
    for (size_t i = 0; i < std::size(kThemes); ++i) {
        if (name == kThemes[i])
            return static_cast<Theme::Choice>(i);
    }
    return Theme::Choice::System;
}

void Settings::setTheme(Theme::Choice choice)
{
    m_file.setValue("theme", QString::fromLatin1(kThemes[static_cast<size_t>(choice)]));
}

bool Settings::startsMinimised() const
{
    return m_file.value("window/start_minimised", false).toBool();
}

void Settings::setStartsMinimised(bool minimised)
{
    m_file.setValue("window/start_minimised", minimised);
}

bool Settings::closesToTray() const
{
    return m_file.value("window/close_to_tray", false).toBool();
}

void Settings::setClosesToTray(bool toTray)
{
    m_file.setValue("window/close_to_tray", toTray);
}

bool Settings::hasToldOfTray() const
{
    return m_file.value("window/told_of_tray", false).toBool();
}

void Settings::setToldOfTray()
{
    m_file.setValue("window/told_of_tray", true);
}

bool Settings::hasSeenSetup() const
{
    return m_file.value("window/seen_setup", false).toBool();
}

void Settings::setSeenSetup()
{
    m_file.setValue("window/seen_setup", true);
}

bool Settings::notifiesOf(NotificationKind kind) const
{
    return m_file.value(keyOf(kind), true).toBool();
}

void Settings::setNotifiesOf(NotificationKind kind, bool notifies)
{
    m_file.setValue(keyOf(kind), notifies);
}

QMap<QString, QString> Settings::savedFilters() const
{
    QMap<QString, QString> filters;
    const QVariantMap stored = m_file.value("requests/filters").toMap();
    for (auto it = stored.begin(); it != stored.end(); ++it)
        filters.insert(it.key(), it.value().toString());
    return filters;
}

void Settings::setSavedFilters(const QMap<QString, QString> &filters)
{
    QVariantMap stored;
    for (auto it = filters.begin(); it != filters.end(); ++it)
        stored.insert(it.key(), it.value());
    m_file.setValue("requests/filters", stored);
}

QStringList Settings::pinnedRequests() const
{
    return m_file.value("requests/pinned").toStringList();
}

void Settings::setPinnedRequests(const QStringList &ids)
{
    m_file.setValue("requests/pinned", ids);
}

QByteArray Settings::layoutOf(const QString &widget) const
{
    return m_file.value(u"layout/"_s + widget).toByteArray();
}

void Settings::setLayoutOf(const QString &widget, const QByteArray &layout)
{
    m_file.setValue(u"layout/"_s + widget, layout);
}

} // namespace lunargate::ui
