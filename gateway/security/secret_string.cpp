// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/secret_string.h"

namespace lunargate {

bool SecretString::matches(QByteArrayView candidate) const
{
    if (m_value.isEmpty())
        return false;
    // Every byte of the candidate is looked at, whatever was found before; the length is no secret.
    unsigned difference = candidate.size() == m_value.size() ? 0U : 1U;
    for (qsizetype i = 0; i < candidate.size(); ++i)
        difference |= static_cast<unsigned char>(candidate[i] ^ m_value[i % m_value.size()]);
    return difference == 0;
}

} // namespace lunargate
