// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/delivery/gzip.h"

#include <zlib.h>

#include <new>

namespace lunargate {

QByteArray gzipped(const QByteArray &data)
{
    constexpr int kGzipWindow = 15 + 16; // zlib.h: 16 more asks for gzip's header and trailer
    constexpr int kMemoryLevel = 8;
    z_stream stream = {};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
    QByteArray out(static_cast<qsizetype>(deflateBound(&stream, static_cast<uLong>(data.size()))), Qt::Uninitialized);
    QByteArray in = data; // zlib's signature lacks the const
    stream.next_in = reinterpret_cast<Bytef *>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH); // there is room for all of it
    out.truncate(static_cast<qsizetype>(stream.total_out));
    deflateEnd(&stream);
    return out;
}

} // namespace lunargate
