// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/request_id.h"

#include <QUuid>
#include <QtGlobal>

#include <array>
#include <iterator>

#ifdef Q_OS_UNIX
#include <sys/random.h>
#endif

namespace lunargate {

namespace {

using IdBytes = std::array<char, 16>;

// As many as the system gives bytes for at once (256), which takes far less than asking for each. Qt makes ids of the
// processor's seeds, which are slow.
constexpr std::size_t kAtOnce = 16;

/// Random bytes of this thread's, each given away once.
class RandomBytes
{
public:
    /// False: there are none.
    bool take(IdBytes &bytes)
    {
        if (m_left == 0 && !refill())
            return false;
        IdBytes &next = m_ids[--m_left];
        bytes = next;
        next.fill(0); // what was given away is not kept
        return true;
    }

private:
    bool refill()
    {
#ifdef Q_OS_UNIX
        if (::getentropy(m_ids.data(), sizeof m_ids) != 0)
            return false;
        m_left = kAtOnce;
        return true;
#else
        return false;
#endif
    }

    std::array<IdBytes, kAtOnce> m_ids{};
    std::size_t m_left = 0;
};

/// With the bits that say how it was made.
QUuid randomUuid(IdBytes bytes)
{
    constexpr std::size_t kVersion = 6;
    constexpr std::size_t kVariant = 8;
    bytes[kVersion] = static_cast<char>((static_cast<unsigned char>(bytes[kVersion]) & 0x0FU) | 0x40U);
    bytes[kVariant] = static_cast<char>((static_cast<unsigned char>(bytes[kVariant]) & 0x3FU) | 0x80U);
    return QUuid::fromRfc4122(QByteArrayView(bytes.data(), std::ssize(bytes)));
}

} // namespace

QByteArray newRequestId()
{
    thread_local RandomBytes random;
    IdBytes bytes{};
    const QUuid id = random.take(bytes) ? randomUuid(bytes) : QUuid::createUuid();
    return id.toByteArray(QUuid::WithoutBraces);
}

} // namespace lunargate
