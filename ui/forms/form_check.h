// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_problem.h"
#include "gateway/config/environment.h"

#include <QStringList>

namespace lunargate::ui {

/// Holds changed texts of a configuration against what the gateway says of them. Asks no keychain, and takes secrets
/// that are in one for granted.
class FormCheck
{
public:
    /// `environment`: the variables that the configuration may use.
    FormCheck(const QByteArray &text, Environment environment);

    /// What is wrong with `changed` and was not wrong before, for people.
    QStringList newProblems(const QByteArray &changed, ConfigProblem::Severity severity) const;

private:
    std::vector<ConfigProblem> read(const QByteArray &text) const;

    Environment m_environment;
    std::vector<ConfigProblem> m_known;
};

} // namespace lunargate::ui
