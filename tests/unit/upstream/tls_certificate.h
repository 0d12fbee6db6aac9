// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lunargate::test {

/// A self-signed certificate for 127.0.0.1 and localhost, and its key. Made for these tests only: trusted by nobody.
inline const QByteArray kCertificate = R"(
-----BEGIN CERTIFICATE-----
MIIBpjCCAU2gAwIBAgIUVjr2fcjfvZnsAcUM2mV0CITY2QAwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPTHVuYXJHYXRlIHRlc3RzMCAXDTI2MTEyMzIwNTk0MVoYDzIx
MjYxMDMwMjA1OTQxWjAaMRgwFgYDVQQDDA9MdW5hckdhdGUgdGVzdHMwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAASoBxveYTQX5AijV4mbwgne/D+3PLT2MsJ/mYiV
z0bnJUvlgFU1xraIt8GJyPqS+whGMrhs9dv6LjTtXYY5ADVKo28wbTAdBgNVHQ4E
FgQU0hXVv1tFmZP6GO6yH/ylS1oAe8IwHwYDVR0jBBgwFoAU0hXVv1tFmZP6GO6y
H/ylS1oAe8IwDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAABgglsb2Nh
bGhvc3QwCgYIKoZIzj0EAwIDRwAwRAIgO5Ws7FgJWeeBCBM5WQYIM763L4OteEcn
kvTKQbOAMNwCIEy+krcnWS2+/6CTGHp62S4XjoR4/xOBOsMl4UQLjtbi
-----END CERTIFICATE-----
)";

inline const QByteArray kCertificateKey = R"(
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqbl2vf3TzY2bYCZp
u0V8ZfNhyUFY6eGQ9JtF1HDw0ByhRANCAASoBxveYTQX5AijV4mbwgne/D+3PLT2
MsJ/mYiVz0bnJUvlgFU1xraIt8GJyPqS+whGMrhs9dv6LjTtXYY5ADVK
-----END PRIVATE KEY-----
)";

} // namespace lunargate::test
