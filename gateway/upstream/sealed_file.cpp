// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/sealed_file.h"

#include <QFile>

#ifdef Q_OS_LINUX
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

#include <cerrno>
#include <utility>

namespace lunargate {

#ifdef Q_OS_LINUX

namespace {

bool write(int descriptor, const QByteArray &content)
{
    QFile file;
    return file.open(descriptor, QIODevice::WriteOnly | QIODevice::Unbuffered) && file.write(content) == content.size();
}

// MFD_NOEXEC_SEAL of Linux 6.3, which older headers lack and older kernels refuse; newer ones may be set to want it.
int makeFile()
{
    constexpr unsigned int kNoExecution = 0x8;
    constexpr unsigned int kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    const int descriptor = ::memfd_create("lunargate", kFlags | kNoExecution);
    return descriptor >= 0 || errno != EINVAL ? descriptor : ::memfd_create("lunargate", kFlags);
}

bool seal(int descriptor)
{
    return ::fcntl(descriptor, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0;
}

} // namespace

SealedFile::SealedFile(const QByteArray &content) : m_descriptor(makeFile())
{
    if (m_descriptor < 0)
        return;
    const bool isReady = write(m_descriptor, content) && seal(m_descriptor);
    if (!isReady || !QFile(QFile::decodeName(path())).open(QIODevice::ReadOnly))
        close();
}

void SealedFile::close()
{
    if (const int descriptor = std::exchange(m_descriptor, -1); descriptor >= 0)
        ::close(descriptor);
}

#else

SealedFile::SealedFile(const QByteArray &) {}

void SealedFile::close() {}

#endif

SealedFile::~SealedFile()
{
    close();
}

QByteArray SealedFile::path() const
{
    return m_descriptor < 0 ? QByteArray() : "/proc/self/fd/" + QByteArray::number(m_descriptor);
}

} // namespace lunargate
