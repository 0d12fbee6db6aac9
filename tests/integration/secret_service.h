// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QDBusVariant>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace lunargate::test {

/// A session bus of its own with gnome-keyring's Secret Service on it, whose keyring is unlocked; for this process and
/// the programs that it starts. Made before anything asks for the session bus. The user's own keyring is not touched.
class SecretService
{
public:
    /// On failure says why.
    QString start()
    {
        for (const char *name : {"HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"})
            qputenv(name, m_folder.path().toUtf8());
        for (const char *name : {"DISPLAY", "WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP"})
            qunsetenv(name);
        m_bus.start(QStringLiteral("dbus-daemon"),
                    {QStringLiteral("--session"), QStringLiteral("--nofork"), QStringLiteral("--print-address=1")});
        if (!m_bus.waitForReadyRead(kPatience))
            return QStringLiteral("dbus-daemon does not start: ") + m_bus.errorString();
        qputenv("DBUS_SESSION_BUS_ADDRESS", m_bus.readLine().trimmed());
        m_keyring.start(
            QStringLiteral("gnome-keyring-daemon"),
            {QStringLiteral("--foreground"), QStringLiteral("--unlock"), QStringLiteral("--components=secrets")});
        if (!m_keyring.waitForStarted(kPatience))
            return QStringLiteral("gnome-keyring-daemon does not start: ") + m_keyring.errorString();
        m_keyring.write("a password");
        m_keyring.closeWriteChannel();
        if (!QTest::qWaitFor([this] { return isUnlocked(); }, kPatience))
            return QStringLiteral("the keyring does not open");
        return {};
    }

    /// The user who is to unlock it is away: there is no display to ask on.
    bool lock()
    {
        QDBusMessage call = message(QStringLiteral("/org/freedesktop/secrets"),
                                    QStringLiteral("org.freedesktop.Secret.Service"), QStringLiteral("Lock"));
        call.setArguments({QVariant::fromValue(
            QList<QDBusObjectPath>{QDBusObjectPath(QStringLiteral("/org/freedesktop/secrets/collection/login"))})});
        QDBusConnection::sessionBus().call(call);
        return !isUnlocked();
    }

    ~SecretService()
    {
        for (QProcess *process : {&m_keyring, &m_bus}) {
            process->terminate();
            process->waitForFinished(kPatience);
        }
    }

private:
    static constexpr int kPatience = 10'000; // milliseconds

    static QDBusMessage message(const QString &path, const QString &interface, const QString &method)
    {
        return QDBusMessage::createMethodCall(QStringLiteral("org.freedesktop.secrets"), path, interface, method);
    }

    static bool isUnlocked()
    {
        QDBusMessage call = message(QStringLiteral("/org/freedesktop/secrets/aliases/default"),
                                    QStringLiteral("org.freedesktop.DBus.Properties"), QStringLiteral("Get"));
        call.setArguments({QStringLiteral("org.freedesktop.Secret.Collection"), QStringLiteral("Locked")});
        call.setAutoStartService(false);
        const QDBusMessage answer = QDBusConnection::sessionBus().call(call);
        return answer.type() == QDBusMessage::ReplyMessage &&
               !answer.arguments().value(0).value<QDBusVariant>().variant().toBool();
    }

    QTemporaryDir m_folder;
    QProcess m_bus;
    QProcess m_keyring;
};

} // namespace lunargate::test
