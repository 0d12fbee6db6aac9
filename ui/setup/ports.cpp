// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/setup/ports.h"

#include "gateway/http/listening_sockets.h"

#include <QAbstractSocket>
#include <QDir>
#include <QFile>
#include <QHostAddress>
#include <QSet>

#include <filesystem>
#include <system_error>

namespace lunargate::ui {

namespace {

QByteArray readAll(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// What links to the sockets that listen on `port` are called (proc_net_tcp(5)).
QSet<QByteArray> socketsOn(quint16 port, const QString &proc)
{
    constexpr qsizetype kLocalAddress = 1;
    constexpr qsizetype kState = 3;
    constexpr qsizetype kInode = 9;
    QSet<QByteArray> sockets;
    for (const char *table : {"/net/tcp", "/net/tcp6"}) {
        const QByteArrayList lines = readAll(proc + QLatin1StringView(table)).split('\n');
        for (const QByteArray &line : lines) {
            const QByteArrayList fields = line.simplified().split(' ');
            const bool isListening = fields.size() > kInode && fields[kState] == "0A";
            if (!isListening)
                continue;
            const QByteArray &address = fields[kLocalAddress];
            if (address.sliced(address.lastIndexOf(':') + 1).toUShort(nullptr, 16) == port)
                sockets.insert("socket:[" + fields[kInode] + ']');
        }
    }
    return sockets;
}

bool holdsOneOf(const QSet<QByteArray> &sockets, const QString &descriptors)
{
    namespace fs = std::filesystem;
    std::error_code error; // the process ended, or is somebody else's
    for (fs::directory_iterator entry(descriptors.toStdString(), error), end; !error && entry != end;
         entry.increment(error)) {
        std::error_code isGone;
        const fs::path target = fs::read_symlink(entry->path(), isGone);
        if (!isGone && sockets.contains(QByteArray::fromStdString(target.string())))
            return true;
    }
    return false;
}

} // namespace

bool isPortFree(quint16 port)
{
    return ListeningSockets::bind({}, port).has_value();
}

PortState stateOfPort(quint16 port)
{
    if (isPortFree(port))
        return PortState::Free;
    QAbstractSocket socket(QAbstractSocket::TcpSocket, nullptr); // asks once more, for the reason
    const bool isForbidden =
        !socket.bind(QHostAddress::LocalHost, port) && socket.error() == QAbstractSocket::SocketAccessError;
    return isForbidden ? PortState::Forbidden : PortState::Taken;
}

std::optional<quint16> nextFreePort(quint16 port)
{
    constexpr int kTries = 100;
    for (int next = port + 1; next <= port + kTries && next <= 65535; ++next) {
        if (isPortFree(static_cast<quint16>(next)))
            return static_cast<quint16>(next);
    }
    return std::nullopt;
}

std::optional<PortOwner> ownerOfPort(quint16 port, const std::stop_token &stop, const QString &proc)
{
    const QSet<QByteArray> sockets = socketsOn(port, proc);
    if (sockets.isEmpty())
        return std::nullopt;
    const QStringList processes = QDir(proc).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString &process : processes) {
        if (stop.stop_requested())
            return std::nullopt;
        bool isProcess = false;
        const qint64 pid = process.toLongLong(&isProcess);
        const QString folder = proc + u'/' + process;
        if (isProcess && holdsOneOf(sockets, folder + QStringLiteral("/fd")))
            return PortOwner{.pid = pid,
                             .program = QString::fromUtf8(readAll(folder + QStringLiteral("/comm")).trimmed())};
    }
    return std::nullopt;
}

} // namespace lunargate::ui
