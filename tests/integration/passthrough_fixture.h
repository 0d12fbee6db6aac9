// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/gateway_fixture.h"

namespace lunargate::test {

inline const QByteArray kFormType = "multipart/form-data; boundary=xyz";
inline const QByteArray kFormEnd = "--xyz--\r\n";
/// What no text holds.
inline const QByteArray kBinary = QByteArray("ID3\x00\xff\xfe\r\n\r\n\x01", 11);

inline QByteArray formField(const QByteArray &name, const QByteArray &value)
{
    return "--xyz\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}

inline QByteArray formFile(const QByteArray &content)
{
    return "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp3\"\r\n"
           "Content-Type: audio/mpeg\r\n\r\n" +
           content + "\r\n";
}

/// A gateway whose provider answers everything with a small object.
struct PassthroughFixture : GatewayFixture
{
    bool start(const ConfigChanges &changes = {})
    {
        upstream.otherwise([](const ReceivedRequest &) { return Script::json(200, R"({ "ok":1.0 })"); });
        return GatewayFixture::start(changes);
    }
    HttpAnswer form(const QByteArray &path, const QByteArray &body, HeaderList headers = {}) const
    {
        headers.set("Content-Type", kFormType);
        return client().post(path, body, headers);
    }
};

} // namespace lunargate::test
