// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/unit/upstream/tls_certificate.h"

#include <QDir>
#include <QProcess>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

namespace lunargate::test {

/// A web server on 127.0.0.1 that speaks HTTP/2 over TLS. `/large` is `largeSize` bytes; a POST to `/ok` answers `ok`;
/// the header X-Connection numbers the connections.
class Nginx
{
public:
    explicit Nginx(qint64 largeSize)
    {
        write("certificate.pem", kCertificate);
        write("key.pem", kCertificateKey);
        QFile large(m_folder.filePath(QStringLiteral("large"))); // takes no room on the disk
        if (!large.open(QIODevice::WriteOnly) || !large.resize(largeSize))
            qFatal("no temporary file");
        QTcpServer probe; // nginx cannot choose a port by itself
        probe.listen(QHostAddress::LocalHost);
        m_port = probe.serverPort();
        probe.close();
        write("nginx.conf", configuration());
    }
    ~Nginx()
    {
        m_process.terminate();
        m_process.waitForFinished(5000);
    }
    Nginx(const Nginx &) = delete;
    Nginx &operator=(const Nginx &) = delete;

    /// The program; empty where it is not installed.
    static QString program()
    {
        const QString found = QStandardPaths::findExecutable(QStringLiteral("nginx"));
        return found.isEmpty() ? QStandardPaths::findExecutable(QStringLiteral("nginx"), {QStringLiteral("/usr/sbin")})
                               : found;
    }

    bool start()
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(program(),
                        {QStringLiteral("-p"), m_folder.path(), QStringLiteral("-e"), QStringLiteral("stderr"),
                         QStringLiteral("-c"), m_folder.filePath(QStringLiteral("nginx.conf"))});
        return m_process.waitForStarted() && QTest::qWaitFor([this] { return isListening(); }, 10'000);
    }

    QUrl url(const QString &path) const { return QUrl(QStringLiteral("https://127.0.0.1:%1%2").arg(m_port).arg(path)); }
    /// What a plain server on that port of 127.0.0.1 has at `path`. When that server fails, the stream is reset.
    QUrl urlTo(quint16 port, const QString &path) const { return url(QStringLiteral("/%1%2").arg(port).arg(path)); }
    QByteArray certificateFile() const { return m_folder.filePath(QStringLiteral("certificate.pem")).toUtf8(); }

private:
    bool isListening() const
    {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, m_port);
        return socket.waitForConnected(100);
    }
    void write(const char *name, const QByteArray &content)
    {
        QFile file(m_folder.filePath(QString::fromLatin1(name)));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("no temporary file");
    }
    QByteArray configuration() const
    {
        QByteArray text = R"(
daemon off;
master_process off;
pid FOLDER/pid;
error_log stderr crit;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path FOLDER;
    proxy_temp_path FOLDER;
    fastcgi_temp_path FOLDER;
    uwsgi_temp_path FOLDER;
    scgi_temp_path FOLDER;
    client_max_body_size 0;
    server {
        listen 127.0.0.1:PORT ssl;
        http2 on;
        location ~ ^/(\d+)(/.*)$ {
            proxy_pass http://127.0.0.1:$1$2$is_args$args;
            proxy_http_version 1.1;
            proxy_redirect off;
            proxy_buffering off;
            proxy_buffer_size 128k;
            proxy_buffers 8 128k;
            proxy_busy_buffers_size 128k;
            error_page 502 504 = @gone;
        }
        location @gone { return 444; }
        ssl_certificate FOLDER/certificate.pem;
        ssl_certificate_key FOLDER/key.pem;
        root FOLDER;
        add_header X-Protocol $server_protocol always;
        add_header X-Connection $connection always;
        add_header X-Resumed $ssl_session_reused always;
        location = /ok { return 200 ok; }
    }
}
)";
        return text.replace("FOLDER", m_folder.path().toUtf8()).replace("PORT", QByteArray::number(m_port));
    }

    QTemporaryDir m_folder;
    quint16 m_port = 0;
    QProcess m_process;
};

} // namespace lunargate::test
