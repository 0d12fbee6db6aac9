// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <vector>

namespace lunargate {

/// Reads application/x-ndjson (one JSON value a line, https://github.com/ndjson/ndjson-spec) from bytes at any split:
/// lines end with LF or CRLF, blank ones are skipped. Does not look into the values.
class NdjsonReader
{
public:
    explicit NdjsonReader(qsizetype maxLineBytes) : m_maxLineBytes(maxLineBytes) {}

    /// Appends the lines that `bytes` complete, without their ends; false if a line grew over the limit (then the
    /// reader is done).
    bool feed(QByteArrayView bytes, std::vector<QByteArray> &lines);

    /// At the end of the stream: the last line, if it came without a line feed. It may have been cut.
    std::optional<QByteArray> finish();

private:
    qsizetype m_maxLineBytes;
    QByteArray m_line; // the current line as far as earlier bytes brought it
};

} // namespace lunargate
