// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_problem.h"
#include "gateway/config/environment.h"

#include <QByteArrayView>

#include <vector>

namespace lunargate {

/// Adds the variables of a `.env` text to `environment`; what is set there already wins, so do earlier lines. Lines are
/// `NAME=value`, with an optional `export ` before, blank, or comments beginning with `#`. A value in double quotes may
/// have escapes as in C, one in single quotes is taken as it is; in all others variables are expanded. Returns what is
/// wrong.
std::vector<ConfigProblem> mergeDotEnv(Environment &environment, QByteArrayView text, const QByteArray &fileName);

} // namespace lunargate
