// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QIODevice>

namespace lunargate {

/// The body of a request as a device that decides whether it may be sent a second time.
///
/// QNetworkAccessManager sends a request up to three times more when the server closes the connection before it
/// answers. A completion that may already be running, and be paid for, must not be started twice behind our back. So
/// the body goes back to its start only once, and only for a connection that was kept alive from an earlier request:
/// there the server most likely closed it for being idle and never saw the request.
class UploadBody : public QIODevice
{
public:
    explicit UploadBody(QByteArray body) : m_body(std::move(body)) { open(ReadOnly | Unbuffered); }

    /// The connection was made for this request: whatever happens to it, the server may have seen the request.
    void forbidResending() { m_mayResend = false; }

    qint64 size() const override { return m_body.size(); }
    /// Called by the network manager before it sends the request again; false makes the reply fail.
    bool reset() override;

protected:
    qint64 readData(char *data, qint64 maxSize) override;
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    QByteArray m_body;
    bool m_mayResend = true;
};

} // namespace lunargate
