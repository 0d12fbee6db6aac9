// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

namespace lunargate {

/// A mistake of the client's in one field, reason `invalid_value`; `problem` completes a sentence that begins with the
/// field's place, for example "must be a string".
inline std::unexpected<Error> invalidValue(const QByteArray &param, const QByteArray &problem)
{
    return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                 .reason = "invalid_value",
                                 .message = "'" + param + "' " + problem,
                                 .param = param});
}

} // namespace lunargate
