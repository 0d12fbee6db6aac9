// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/setup/ports.h"

#include "gateway/http/listening_sockets.h"

#include <QDir>
#include <QFile>
#include <QSet>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

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

/// Why nobody can have `port` on 127.0.0.1; 0: it can be had there.
int errorOfBinding(quint16 port)
{
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return errno;
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int failed = ::bind(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof(address));
    const int error = failed == 0 ? 0 : errno;
    ::close(descriptor);
    return error;
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
    return stateAfter(errorOfBinding(port)); // asks once more, for the reason
}

PortState stateAfter(int error)
{
    return error == EACCES || error == EPERM ? PortState::Forbidden : PortState::Taken;
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
