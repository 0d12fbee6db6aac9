// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/autostart.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QSaveFile>
#include <QStandardPaths>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

QString translated(const char *text)
{
    return QCoreApplication::translate("Autostart", text);
}

/// As one argument of an Exec line (Desktop Entry Specification, "The Exec key").
QByteArray execArgument(const QString &argument)
{
    QString quoted;
    for (const QChar c : argument) {
        if (u"\"`$\\"_s.contains(c))
            quoted += u"\\\\"_s; // one backslash: the file's own escaping doubles it
        quoted += c == u'%' ? u"%%"_s : c == u'\\' ? u"\\\\"_s : QString(c);
    }
    return '"' + quoted.toUtf8() + '"';
}

} // namespace

Autostart::Autostart()
    : m_folder(QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + u"/autostart"_s)
{
}

QString Autostart::file() const
{
    return m_folder + u"/lunargate.desktop"_s;
}

bool Autostart::isOn() const
{
    QFile entry(file());
    if (!entry.open(QIODevice::ReadOnly))
        return false;
    // A desktop that offers to switch entries off writes this into them.
    const QByteArray text = entry.readAll();
    return !text.contains("Hidden=true") && !text.contains("X-GNOME-Autostart-enabled=false");
}

QString Autostart::turnOn(const StartCommand &command) const
{
    QByteArray exec;
    for (const QString &argument : command.arguments)
        exec += (exec.isEmpty() ? "" : " ") + execArgument(argument);
    const QByteArray path = QString(command.folder).replace(u'\\', u"\\\\"_s).toUtf8();
    QSaveFile entry(file());
    const QByteArray text =
        "[Desktop Entry]\nType=Application\nName=LunarGate\nComment=Local LLM gateway\nExec=" + exec +
        "\nPath=" + path + "\nTerminal=false\nX-GNOME-Autostart-enabled=true\n";
    if (QDir().mkpath(m_folder) && entry.open(QIODevice::WriteOnly) && entry.write(text) == text.size() &&
        entry.commit())
        return {};
    return translated(QT_TRANSLATE_NOOP("Autostart", "The file %1 cannot be written: %2"))
        .arg(file(), entry.errorString());
}

QString Autostart::turnOff() const
{
    QFile entry(file());
    if (!entry.exists() || entry.remove())
        return {};
    return translated(QT_TRANSLATE_NOOP("Autostart", "The file %1 cannot be removed: %2"))
        .arg(file(), entry.errorString());
}

} // namespace lunargate::ui
