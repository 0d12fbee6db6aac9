// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/pattern_check.h"

#include <re2/re2.h>

namespace lunargate {

QByteArray patternProblem(const QByteArray &pattern)
{
    re2::RE2::Options options;
    options.set_log_errors(false);
    const re2::RE2 compiled(pattern.toStdString(), options);
    return QByteArray::fromStdString(compiled.error());
}

} // namespace lunargate
