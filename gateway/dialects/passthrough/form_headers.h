// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

#include <QByteArray>
#include <QByteArrayView>

namespace lunargate::passthrough {

// Headers of forms (multipart/form-data, RFC 7578) and of their parts. What others may read differently is refused.

/// Whether it is a form, with a boundary or without.
bool isForm(QByteArrayView contentType);

/// The boundary of a Content-Type (RFC 2046 section 5.1.1); empty if it is no form, or says none that everybody reads
/// alike.
QByteArray boundaryOf(QByteArrayView contentType);

/// The name of the field that a part with these header lines is; empty if it has none. `headers` has no bare line ends.
/// Fails with InvalidRequest (`invalid_form`).
Result<QByteArray> fieldName(QByteArrayView headers);

/// InvalidRequest, `invalid_form`.
std::unexpected<Error> invalidForm(const QByteArray &problem);

} // namespace lunargate::passthrough
