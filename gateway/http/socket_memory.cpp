// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/socket_memory.h"

#include <QTcpSocket>

#include <array>

#include <sys/socket.h>

namespace lunargate {

namespace {

// Most requests are smaller.
constexpr qint64 kSmall = 16 * 1024;

/// Shows what QIODevice keeps for those that derive from it.
struct OpenedSocket : QTcpSocket
{
    using QTcpSocket::setOpenMode;
};

} // namespace

QByteArray takeReceived(QTcpSocket &socket)
{
    const qint64 received = socket.bytesAvailable();
    if (received > kSmall)
        return socket.readAll();
    if (received == 0)
        return {};
    // readAll() would take 32 KiB of which all but a request's size stays unused.
    std::array<char, kSmall> bytes;
    const qint64 size = socket.read(bytes.data(), kSmall);
    return size > 0 ? QByteArray(bytes.data(), size) : QByteArray();
}

void writeNow(QTcpSocket &socket, QByteArrayView bytes)
{
    if (socket.state() != QAbstractSocket::ConnectedState)
        return;
    const qintptr descriptor = socket.socketDescriptor();
    if (descriptor >= 0 && socket.bytesToWrite() == 0) {
        const ssize_t sent = ::send(static_cast<int>(descriptor), bytes.data(), static_cast<size_t>(bytes.size()),
                                    MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0) // a failure is the socket's to notice, with the same bytes
            bytes = bytes.sliced(sent);
    }
    if (bytes.isEmpty())
        return;
    socket.write(bytes.data(), bytes.size());
    socket.flush();
}

void releaseBlocks(QTcpSocket &socket)
{
    if (!socket.isOpen() || socket.bytesAvailable() > 0 || socket.bytesToWrite() > 0)
        return;
    // The only way: a device that cannot be read or written has no buffers, and gets new ones with its mode
    // (QIODevicePrivate::setReadChannelCount() and setWriteChannelCount()). The socket's state does not change.
    constexpr auto setOpenMode = &OpenedSocket::setOpenMode;
    const QIODevice::OpenMode mode = socket.openMode();
    (socket.*setOpenMode)(QIODevice::NotOpen);
    (socket.*setOpenMode)(mode);
}

} // namespace lunargate
