// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_upstream.h"

#include "tests/support/fake_upstream_connection.h"

#include <QHostAddress>
#include <QTcpSocket>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lunargate::test {

namespace {

Script plausibleAnswer(const ReceivedRequest &request)
{
    const QByteArray compact = QByteArray(request.body).replace(" ", "");
    return compact.contains(R"("stream":true)") ? Script::chatStream() : Script::chat();
}

} // namespace

FakeUpstream::FakeUpstream() : m_otherwise(plausibleAnswer)
{
    connect(&m_server, &QTcpServer::newConnection, this, &FakeUpstream::accept);
    if (!m_server.listen(QHostAddress::LocalHost))
        qFatal("the fake upstream cannot listen: %s", qPrintable(m_server.errorString()));
}

FakeUpstream::~FakeUpstream() = default;

QByteArray FakeUpstream::url(QByteArrayView path) const
{
    return "http://127.0.0.1:" + QByteArray::number(port()) + path.toByteArray();
}

bool FakeUpstream::waitForRequests(int count, std::chrono::milliseconds limit) const
{
    return waitUntil([&] { return requestCount() >= count && request(count - 1).hasWholeBody; }, limit);
}

bool FakeUpstream::waitForCancel(int index, std::chrono::milliseconds limit) const
{
    return waitUntil([&] { return index < requestCount() && request(index).wasCancelled; }, limit);
}

bool FakeUpstream::waitForAnswer(int index, std::chrono::milliseconds limit) const
{
    return waitUntil([&] { return index < requestCount() && request(index).wasAnswered; }, limit);
}

std::shared_ptr<ReceivedRequest> FakeUpstream::record(int connection)
{
    m_requests.push_back(std::make_shared<ReceivedRequest>());
    m_requests.back()->connection = connection;
    m_requests.back()->receivedAt = std::chrono::steady_clock::now();
    return m_requests.back();
}

Script FakeUpstream::scriptFor(const ReceivedRequest &request)
{
    if (!m_queue.empty()) {
        const Script script = m_queue.front();
        m_queue.pop();
        return script;
    }
    const auto byPath = m_byPath.find(request.path);
    return byPath == m_byPath.end() ? m_otherwise(request) : byPath->second;
}

void FakeUpstream::accept()
{
    while (QTcpSocket *socket = m_server.nextPendingConnection())
        new FakeUpstreamConnection(this, socket, m_connections++);
}

DeafPort::DeafPort()
{
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto *generic = reinterpret_cast<sockaddr *>(&address);
    if (::bind(listener, generic, length) != 0 || ::listen(listener, 0) != 0 ||
        ::getsockname(listener, generic, &length) != 0)
        qFatal("cannot make a deaf port");
    m_descriptors.push_back(listener);
    m_port = ntohs(address.sin_port);
    // A queue of length 0 still holds one connection; one more is for safety.
    for (int i = 0; i < 2; ++i) {
        const int filler = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        ::connect(filler, generic, length);
        m_descriptors.push_back(filler);
    }
}

DeafPort::~DeafPort()
{
    for (const int descriptor : m_descriptors)
        ::close(descriptor);
}

quint16 refusingPort()
{
    QTcpServer server;
    if (!server.listen(QHostAddress::LocalHost))
        qFatal("no free port");
    return server.serverPort();
}

} // namespace lunargate::test
