// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/single_instance.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QLocalSocket>
#include <QStandardPaths>

#include <chrono>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

constexpr auto kPatience = 60s;

QString sessionFolder()
{
    const QString runtime = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
    return runtime.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation) : runtime;
}

} // namespace

SingleInstance::SingleInstance(const QString &folder)
    : m_folder((folder.isEmpty() ? sessionFolder() : folder) + u"/lunargate"_s), m_lock(m_folder + u"/desktop.lock"_s)
{
    m_lock.setStaleLockTime(0ms); // it may run for weeks; one whose process is gone counts for nothing anyway
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, [this] {
        while (QLocalSocket *socket = m_server.nextPendingConnection())
            socket->deleteLater();
        Q_EMIT raiseRequested();
    });
}

bool SingleInstance::claim()
{
    QDir().mkpath(m_folder);
    const QString socket = m_folder + u"/desktop.socket"_s;
    // A folder that cannot be written to must not keep the program from starting.
    for (const QDeadlineTimer end(kPatience); !m_lock.tryLock(100ms) && m_lock.error() == QLockFile::LockFailedError;) {
        if (askToRaise() || end.hasExpired())
            return false;
    }
    QLocalServer::removeServer(socket); // of one that crashed
    m_server.listen(socket);
    return true;
}

bool SingleInstance::askToRaise() const
{
    QLocalSocket socket;
    socket.connectToServer(m_folder + u"/desktop.socket"_s);
    return socket.waitForConnected(1000); // there is no window of ours yet that could stand still
}

} // namespace lunargate::ui
