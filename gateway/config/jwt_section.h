// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/config/section_reader.h"

namespace lunargate {

/// Where the keys stand that checkJwt() has something to say about.
struct JwtPlaces
{
    Place section, file, url, algorithms, leeway, adminClaim;
    QByteArray type; ///< `security.external.type`
    Place typePlace;
    std::optional<Place> introspection; ///< set if there is such a key
};

/// `security.external`: older names of some keys, which `security.jwt` wins over. To be read first.
void readOlderJwtKeys(SectionReader &security, SecurityConfig::Jwt &jwt, JwtPlaces &places);
void readJwt(SectionReader &security, SecurityConfig::Jwt &jwt, JwtPlaces &places);

/// Reports what makes tokens impossible to check. To be called if they shall be.
void checkJwt(ReadingContext &context, const SecurityConfig::Jwt &jwt, const JwtPlaces &places);

} // namespace lunargate
