// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/upload_body.h"

#include <cstring>

namespace lunargate {

bool UploadBody::reset()
{
    if (pos() == 0)
        return true;
    return std::exchange(m_mayResend, false) && seek(0);
}

qint64 UploadBody::readData(char *data, qint64 maxSize)
{
    const qint64 size = std::min(maxSize, m_body.size() - pos());
    if (size <= 0)
        return -1;
    std::memcpy(data, m_body.constData() + pos(), static_cast<size_t>(size));
    return size;
}

} // namespace lunargate
