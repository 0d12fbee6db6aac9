// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/unit/upstream/call_helpers.h"
#include "tests/unit/upstream/connect_proxy.h"
#include "tests/unit/upstream/deaf_server.h"
#include "tests/unit/upstream/nginx.h"
#include "tests/unit/upstream/raw_upstream.h"

#include <QSet>

namespace lunargate::test {

/// How calls get to their upstream.
enum class WireKind {
    Plain,  ///< HTTP/1.1
    Direct, ///< the same by DirectTransport; all others are libcurl's
    Tls,    ///< HTTP/1.1 over TLS
    Http2,  ///< over TLS to nginx, which passes calls on; streams go over HTTP/1.1, as ever
    Proxy,  ///< HTTP/1.1 to a proxy, which is the upstream itself
    Tunnel, ///< HTTP/1.1 over TLS through a proxy
};

/// The global data of a test: each of its functions runs over each wire.
inline void addWires()
{
    QTest::addColumn<WireKind>("wire");
    QTest::newRow("HTTP/1.1") << WireKind::Plain;
    QTest::newRow("direct") << WireKind::Direct;
    QTest::newRow("TLS") << WireKind::Tls;
    QTest::newRow("HTTP/2") << WireKind::Http2;
    QTest::newRow("proxy") << WireKind::Proxy;
    QTest::newRow("tunnel") << WireKind::Tunnel;
}

/// The present row's upstream, and a transport that can reach it. The upstream sees the same on all wires, but that
/// each HTTP/2 call comes with a connection of its own.
class Wire
{
public:
    /// `front` runs, and outlives this.
    explicit Wire(const Nginx &front) : m_kind(presentKind()), m_front(front), m_upstream(makeUpstream(m_kind))
    {
        if (m_kind == WireKind::Tunnel)
            m_proxy = std::make_unique<ConnectProxy>(m_upstream->serverPort());
        m_transport = makeTransport();
    }

    RawUpstream &upstream() { return *m_upstream; }
    Transport *transport() { return m_transport.get(); }
    /// Another one. May be called in another thread.
    std::unique_ptr<Transport> makeTransport() const { return makeTransport(m_front.certificateFile()); }
    /// One that takes no test's certificate for true.
    std::unique_ptr<Transport> makeDistrustful() const { return makeTransport({}); }

    bool isHttp2() const { return m_kind == WireKind::Http2; }
    bool hasTls() const { return m_kind == WireKind::Tls || m_kind == WireKind::Http2 || m_kind == WireKind::Tunnel; }

    QUrl url(const QString &path = QStringLiteral("/v1/chat")) const
    {
        switch (m_kind) {
        case WireKind::Plain:
        case WireKind::Direct:
        case WireKind::Tls:
            return m_upstream->url(path);
        case WireKind::Http2:
            return m_front.urlTo(m_upstream->serverPort(), path);
        case WireKind::Proxy:
            return QUrl(QStringLiteral("http://api.example") + path);
        case WireKind::Tunnel:
            return QUrl(QStringLiteral("https://api.example") + path);
        }
        Q_UNREACHABLE_RETURN({});
    }
    /// How the upstream sees that path in the request's first line.
    QByteArray target(const QByteArray &path) const
    {
        return m_kind == WireKind::Proxy ? "http://api.example" + path : path;
    }
    /// Where no connection comes about. Makes a new transport if it is the proxy that is deaf.
    QUrl deafUrl()
    {
        m_deaf = std::make_unique<DeafServer>();
        QUrl deaf = m_deaf->url();
        if (m_kind == WireKind::Proxy || m_kind == WireKind::Tunnel) {
            m_transport = test::makeTransport(through(deaf.toEncoded()));
            return url();
        }
        if (hasTls())
            deaf.setScheme(QStringLiteral("https"));
        return deaf;
    }

    /// The reason that a call is told whose upstream closed its connection.
    QByteArray closedReason() const { return isHttp2() ? "connection_reset" : "connection_closed"; }
    /// Over how many connections the calls to the upstream went that had these answers: all that there were.
    qsizetype connectionsOf(const QList<Outcome> &outcomes) const
    {
        if (!isHttp2())
            return m_upstream->connections;
        QSet<QByteArray> numbers;
        for (const Outcome &outcome : outcomes) {
            if (outcome.head && outcome.head->headers.value("X-Protocol") == "HTTP/2.0")
                numbers.insert(outcome.head->headers.value("X-Connection").value_or(QByteArray()));
        }
        return numbers.size();
    }

private:
    static WireKind presentKind()
    {
        QFETCH_GLOBAL(WireKind, wire);
        return wire;
    }
    static std::unique_ptr<RawUpstream> makeUpstream(WireKind kind)
    {
        if (kind == WireKind::Tls || kind == WireKind::Tunnel)
            return std::make_unique<RawUpstream>(kCertificate, kCertificateKey);
        return std::make_unique<RawUpstream>();
    }
    static CurlTransport::Options through(const QByteArray &proxy)
    {
        return {.proxies = ProxyEnvironment(proxy, proxy, {}), .extraCertificateFile = {}};
    }
    std::unique_ptr<Transport> makeTransport(const QByteArray &certificateFile) const
    {
        CurlTransport::Options options{.proxies = {}, .extraCertificateFile = {}};
        if (m_kind == WireKind::Proxy)
            options = through("http://127.0.0.1:" + QByteArray::number(m_upstream->serverPort()));
        else if (m_proxy)
            options = through(m_proxy->address());
        if (hasTls())
            options.extraCertificateFile = certificateFile;
        std::unique_ptr<Transport> transport = test::makeTransport(std::move(options));
        if (m_kind == WireKind::Direct)
            return std::make_unique<DirectTransport>(std::move(transport), ProxyEnvironment());
        return transport;
    }

    WireKind m_kind;
    const Nginx &m_front;
    std::unique_ptr<RawUpstream> m_upstream;
    std::unique_ptr<ConnectProxy> m_proxy;
    std::unique_ptr<DeafServer> m_deaf;
    std::unique_ptr<Transport> m_transport; // last: it goes before what it is connected to
};

} // namespace lunargate::test
