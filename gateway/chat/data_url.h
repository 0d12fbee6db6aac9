// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace lunargate {

/// A `data:` URL with a base64 body (RFC 2397).
struct DataUrl
{
    QByteArray mediaType; ///< lower case, `image/jpg` as `image/jpeg`; empty if the URL names none
    QByteArray base64;    ///< without white space
};

/// Nothing if `url` is no data URL, or not base64.
std::optional<DataUrl> readDataUrl(QByteArrayView url);

} // namespace lunargate
