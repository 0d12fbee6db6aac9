// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lunargate {

/// Bytes that a library can open as a file, and nobody can change: in memory, on no disk.
class SealedFile
{
public:
    explicit SealedFile(const QByteArray &content);
    ~SealedFile();
    SealedFile(const SealedFile &) = delete;
    SealedFile &operator=(const SealedFile &) = delete;

    /// Leads there in this process as long as this lives. Empty where there is no such file: without Linux or /proc.
    QByteArray path() const;

private:
    void close();

    int m_descriptor = -1;
};

} // namespace lunargate
