// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

class QTcpSocket;

namespace lunargate {

// A QTcpSocket reads into a block of 16 KiB and writes from one of 32 KiB, and keeps both for as long as it lives. Of
// thousands of open streams and idle connections these would be most of the memory. All of this is for the socket's
// own thread.

/// All that `socket` has read, or a first part of it. It takes no more memory than it needs.
QByteArray takeReceived(QTcpSocket &socket);

/// Writes behind what waits in `socket`; if nothing does, straight to the kernel. The socket keeps what is not taken at
/// once. Writes nothing when it is not connected. Its signals may be emitted meanwhile, if the client left or is slow.
void writeNow(QTcpSocket &socket, QByteArrayView bytes);

/// Gives the socket's blocks back if nothing is in them. It makes new ones when it needs them.
void releaseBlocks(QTcpSocket &socket);

} // namespace lunargate
