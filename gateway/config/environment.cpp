// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/environment.h"

#include <QProcessEnvironment>

namespace lunargate {

Environment Environment::ofProcess(std::stop_token stop)
{
    const QProcessEnvironment process = QProcessEnvironment::systemEnvironment();
    Environment result;
    for (const QString &name : process.keys())
        result.addMissing(name.toUtf8(), process.value(name).toUtf8());
    result.setKeychain(&systemKeychain(), std::move(stop));
    return result;
}

std::optional<QByteArray> Environment::value(QByteArrayView name) const
{
    const auto found = m_variables.find(name.toByteArray());
    return found == m_variables.end() ? std::nullopt : std::optional(found->second);
}

} // namespace lunargate
