// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QtEndian>

namespace lunargate::test {

inline const QByteArray kMask("\x12\x34\x56\x78", 4);

/// A client's frame, byte by byte. `first`: FIN, reserved bits and opcode.
inline QByteArray clientFrame(int first, const QByteArray &payload)
{
    QByteArray frame(1, static_cast<char>(first));
    const qsizetype size = payload.size();
    if (size <= 125) {
        frame += static_cast<char>(0x80 | size);
    } else if (size <= 0xFFFF) {
        const quint16 length = qToBigEndian(static_cast<quint16>(size));
        frame += '\xFE';
        frame.append(reinterpret_cast<const char *>(&length), 2);
    } else {
        const quint64 length = qToBigEndian(static_cast<quint64>(size));
        frame += '\xFF';
        frame.append(reinterpret_cast<const char *>(&length), 8);
    }
    frame += kMask;
    for (qsizetype i = 0; i < size; ++i)
        frame += static_cast<char>(payload[i] ^ kMask[i % 4]);
    return frame;
}

inline QByteArray clientText(const QByteArray &text)
{
    return clientFrame(0x81, text);
}

} // namespace lunargate::test
