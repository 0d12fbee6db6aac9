// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/form_check.h"

#include "gateway/config/config_reader.h"
#include "gateway/security/placeholder_keychain.h"

#include <algorithm>

namespace lunargate::ui {

FormCheck::FormCheck(const QByteArray &text, Environment environment) : m_environment(std::move(environment))
{
    static PlaceholderKeychain keychain; // the forms write names only
    m_environment.setKeychain(&keychain);
    m_known = read(text);
}

std::vector<ConfigProblem> FormCheck::read(const QByteArray &text) const
{
    return readConfigText(text, {}, m_environment).problems;
}

QStringList FormCheck::newProblems(const QByteArray &changed, ConfigProblem::Severity severity) const
{
    QStringList problems;
    for (const ConfigProblem &problem : read(changed)) {
        const auto isSame = [&](const ConfigProblem &known) {
            return known.severity == problem.severity && known.path == problem.path && known.message == problem.message;
        };
        if (problem.severity == severity && std::ranges::none_of(m_known, isSame))
            problems.append(
                QString::fromUtf8(problem.path.isEmpty() ? problem.message : problem.path + ": " + problem.message));
    }
    return problems;
}

} // namespace lunargate::ui
