// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

// What the targets of all readers share.
namespace lunargate::fuzz {

/// Ends the program, so that the fuzzer keeps the input.
inline void require(bool condition, const char *what)
{
    if (condition)
        return;
    std::fprintf(stderr, "violated: %s\n", what);
    std::abort();
}

inline QByteArrayView view(const uint8_t *data, size_t size)
{
    return {reinterpret_cast<const char *>(data), static_cast<qsizetype>(size)};
}

/// `describe(bytes, size)` says what a reader makes of bytes that come in pieces of `size`.
template <typename Describe>
void requireSameAtAnySplit(QByteArrayView bytes, Describe describe)
{
    const QByteArray whole = describe(bytes, std::max<qsizetype>(bytes.size(), 1));
    for (const qsizetype pieces : {1, 2, 3, 7})
        require(describe(bytes, pieces) == whole, "it does not matter where the bytes are split");
}

/// Gives `bytes` to `feed` in pieces of `size` until it returns false, and returns what it returned last. Each piece
/// has memory of its own that is gone when the next one comes, so that the address sanitizer sees a reader that keeps a
/// view.
template <typename Feed>
bool feedPieces(QByteArrayView bytes, qsizetype size, Feed feed)
{
    bool goesOn = true;
    for (qsizetype at = 0; goesOn && at < bytes.size(); at += size) {
        const QByteArrayView piece = bytes.sliced(at, std::min(size, bytes.size() - at));
        const std::vector<char> copy(piece.begin(), piece.end());
        goesOn = feed(QByteArrayView(copy));
    }
    return goesOn;
}

} // namespace lunargate::fuzz
