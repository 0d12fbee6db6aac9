// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/upstream/call_helpers.h"
#include "tests/unit/upstream/nginx.h"
#include "tests/unit/upstream/raw_upstream.h"

#include <QFileInfo>
#include <QSet>
#include <QTest>

#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

/// This process's end of a connection to that port of 127.0.0.1; -1: there is none.
int socketTo(quint16 port)
{
    constexpr int most = 1024;
    for (int descriptor = 3; descriptor < most; ++descriptor) {
        sockaddr_in peer{};
        socklen_t size = sizeof(peer);
        if (getpeername(descriptor, reinterpret_cast<sockaddr *>(&peer), &size) == 0 && peer.sin_family == AF_INET &&
            ntohs(peer.sin_port) == port)
            return descriptor;
    }
    return -1;
}

int optionOf(int descriptor, int level, int name)
{
    int value = -1;
    socklen_t size = sizeof(value);
    return getsockopt(descriptor, level, name, &value, &size) == 0 ? value : -1;
}

qint64 sizeOfSystemAuthorities()
{
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), &curl_easy_cleanup);
    const char *file = nullptr;
    curl_easy_getinfo(handle.get(), CURLINFO_CAINFO, &file);
    return file ? QFileInfo(QFile::decodeName(file)).size() : 0;
}

UpstreamRequest onConnectionOfItsOwn(const Nginx &server)
{
    UpstreamRequest request = post(server.url(QStringLiteral("/ok")));
    request.isStream = true;
    request.mayResend = false;
    return request;
}

} // namespace

/// What every connection to a provider has.
class TestCurlConnections : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void sendsAtOnceAndStaysKnownWhileItIsSilent();
    void resumesTlsSessions();
    void keepsAuthoritiesOnceForAll();
};

void TestCurlConnections::sendsAtOnceAndStaysKnownWhileItIsSilent()
{
    RawUpstream upstream; // answers nothing
    const std::unique_ptr<Transport> transport = makeTransport();
    const std::unique_ptr<UpstreamCall> call = transport->send(post(upstream.url()));
    QTRY_COMPARE(upstream.requests.size(), 1);
    const int descriptor = socketTo(upstream.serverPort());
    QVERIFY(descriptor >= 0);
    QVERIFY(optionOf(descriptor, IPPROTO_TCP, TCP_NODELAY) > 0);
    QVERIFY(optionOf(descriptor, SOL_SOCKET, SO_KEEPALIVE) > 0);
    QCOMPARE(optionOf(descriptor, IPPROTO_TCP, TCP_KEEPIDLE), 60);
}

void TestCurlConnections::resumesTlsSessions()
{
    QVERIFY2(!Nginx::program().isEmpty(), "nginx is not installed; ./dev setup installs it");
    Nginx server(1);
    QVERIFY(server.start());
    const std::unique_ptr<Transport> transport =
        makeTransport({.proxies = {}, .extraCertificateFile = server.certificateFile()});
    const UpstreamRequest request = onConnectionOfItsOwn(server);
    const Outcome first = wholeCall(transport.get(), request, 10s, 10s);
    QVERIFY(first.head);
    QCOMPARE(first.head->headers.value("X-Resumed"), "."); // nginx's word for a session that is new
    const Outcome second = wholeCall(transport.get(), request, 10s, 10s);
    QVERIFY(second.head);
    QVERIFY(second.head->headers.value("X-Connection") != first.head->headers.value("X-Connection"));
    QCOMPARE(second.head->headers.value("X-Resumed"), "r");
}

// 145 authorities for each connection would be 1.1 MiB.
void TestCurlConnections::keepsAuthoritiesOnceForAll()
{
    constexpr int count = 10;
    constexpr qint64 mostEach = 400 * 1024;
    QVERIFY2(sizeOfSystemAuthorities() > 100 * 1024, "the system has no file with certificate authorities");
    QVERIFY2(!Nginx::program().isEmpty(), "nginx is not installed; ./dev setup installs it");
    Nginx server(1);
    QVERIFY(server.start());
    const std::unique_ptr<Transport> transport =
        makeTransport({.proxies = {}, .extraCertificateFile = server.certificateFile()});
    const UpstreamRequest request = onConnectionOfItsOwn(server);
    QSet<QByteArray> connections;
    const auto connectOnce = [&] {
        const Outcome outcome = wholeCall(transport.get(), request, 10s, 10s);
        if (outcome.head)
            connections.insert(outcome.head->headers.value("X-Connection").value_or(QByteArray()));
    };
    connectOnce();
    const auto before = static_cast<qint64>(mallinfo2().uordblks);
    for (int i = 0; i < count; ++i)
        connectOnce();
    const qint64 grown = static_cast<qint64>(mallinfo2().uordblks) - before;
    QCOMPARE(connections.size(), count + 1);
    if (before == 0)
        QSKIP("a sanitizer's heap cannot be measured; CI measures it in the headless preset too");
    qInfo("the heap grew by %lld KiB", grown / 1024);
    QVERIFY2(grown < count * mostEach, QByteArray::number(grown));
}

QTEST_GUILESS_MAIN(TestCurlConnections)
#include "tst_curl_connections.moc"
